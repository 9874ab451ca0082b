using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>Where <c>await</c> is lowered the task is complete by then; a script's top level is an async method too, and may call this itself.</remarks>
[Replaces(typeof(ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter))]
public static class ConfiguredValueTaskAwaiterCalls
{
    public static void GetResult(ref ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter)
    {
        BlockedTask.Complete(ref TaskFields.Awaited(ref awaiter));
        awaiter.GetResult();
    }
}
