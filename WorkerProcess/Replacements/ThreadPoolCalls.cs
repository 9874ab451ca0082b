using System.ComponentModel;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>With the flow: by it what is queued is known to be the run's, and stops with it.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[Replaces(typeof(ThreadPool))]
public static class ThreadPoolCalls
{
    public static bool UnsafeQueueUserWorkItem(WaitCallback callBack, object? state) => ThreadPool.QueueUserWorkItem(callBack, state);

    public static bool UnsafeQueueUserWorkItem<TState>(Action<TState> callBack, TState state, bool preferLocal) =>
        ThreadPool.QueueUserWorkItem(callBack, state, preferLocal);

    public static bool UnsafeQueueUserWorkItem(IThreadPoolWorkItem callBack, bool preferLocal) => callBack is null
        ? ThreadPool.UnsafeQueueUserWorkItem(callBack!, preferLocal)
        : ThreadPool.QueueUserWorkItem(static item => item.Execute(), callBack, preferLocal);
}
