using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In async methods the task is complete by then.</remarks>
[Replaces(typeof(TaskAwaiter<>), Scope = ReplacementScope.OutsideAsync)]
public static class TaskAwaiterOfTCalls
{
    public static T GetResult<T>(ref TaskAwaiter<T> awaiter)
    {
        BlockedTask.Complete(TaskFieldsOfT<T>.Awaited(ref awaiter));
        return awaiter.GetResult();
    }
}
