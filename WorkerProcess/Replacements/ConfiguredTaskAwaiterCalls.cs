using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In async methods the task is complete by then.</remarks>
[Replaces(typeof(ConfiguredTaskAwaitable.ConfiguredTaskAwaiter), Scope = ReplacementScope.OutsideAsync)]
public static class ConfiguredTaskAwaiterCalls
{
    public static void GetResult(ref ConfiguredTaskAwaitable.ConfiguredTaskAwaiter awaiter)
    {
        BlockedTask.Complete(TaskFields.Awaited(ref awaiter));
        awaiter.GetResult();
    }
}
