using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In async methods the task is complete by then.</remarks>
[Replaces(typeof(ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter), Scope = ReplacementScope.OutsideAsync)]
public static class ConfiguredValueTaskAwaiterCalls
{
    public static void GetResult(ref ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter)
    {
        BlockedTask.Complete(ref TaskFields.Awaited(ref awaiter));
        awaiter.GetResult();
    }
}
