using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In async methods the task is complete by then.</remarks>
[Replaces(typeof(ValueTaskAwaiter), Scope = ReplacementScope.OutsideAsync)]
public static class ValueTaskAwaiterCalls
{
    public static void GetResult(ref ValueTaskAwaiter awaiter)
    {
        BlockedTask.Complete(ref TaskFields.Awaited(ref awaiter));
        awaiter.GetResult();
    }
}
