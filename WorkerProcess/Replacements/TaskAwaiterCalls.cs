using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In async methods the task is complete by then.</remarks>
[Replaces(typeof(TaskAwaiter), Scope = ReplacementScope.OutsideAsync)]
public static class TaskAwaiterCalls
{
    public static void GetResult(ref TaskAwaiter awaiter)
    {
        BlockedTask.Complete(TaskFields.Awaited(ref awaiter));
        awaiter.GetResult();
    }
}
