using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>Where <c>await</c> is lowered the task is complete by then; a script's top level is an async method too, and may call this itself.</remarks>
[Replaces(typeof(ValueTaskAwaiter<>))]
public static class ValueTaskAwaiterOfTCalls
{
    public static T GetResult<T>(ref ValueTaskAwaiter<T> awaiter)
    {
        BlockedTask.Complete(ref TaskFieldsOfT<T>.Awaited(ref awaiter));
        return awaiter.GetResult();
    }
}
