using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>Where <c>await</c> is lowered the task is complete by then; a script's top level is an async method too, and may call this itself.</remarks>
[Replaces(typeof(ConfiguredTaskAwaitable.ConfiguredTaskAwaiter))]
public static class ConfiguredTaskAwaiterCalls
{
    public static void GetResult(ref ConfiguredTaskAwaitable.ConfiguredTaskAwaiter awaiter)
    {
        BlockedTask.Complete(TaskFields.Awaited(ref awaiter));
        awaiter.GetResult();
    }
}
