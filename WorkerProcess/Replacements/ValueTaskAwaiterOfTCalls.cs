using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In async methods the task is complete by then.</remarks>
[Replaces(typeof(ValueTaskAwaiter<>), Scope = ReplacementScope.OutsideAsync)]
public static class ValueTaskAwaiterOfTCalls
{
    public static T GetResult<T>(ref ValueTaskAwaiter<T> awaiter)
    {
        BlockedTask.Complete(ref TaskFieldsOfT<T>.Awaited(ref awaiter));
        return awaiter.GetResult();
    }
}
