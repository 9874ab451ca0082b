using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>Where <c>await</c> is lowered the task is complete by then; a script's top level is an async method too, and may call this itself.</remarks>
[Replaces(typeof(ConfiguredTaskAwaitable<>.ConfiguredTaskAwaiter))]
public static class ConfiguredTaskAwaiterOfTCalls
{
    public static T GetResult<T>(ref ConfiguredTaskAwaitable<T>.ConfiguredTaskAwaiter awaiter)
    {
        BlockedTask.Complete(TaskFieldsOfT<T>.Awaited(ref awaiter));
        return awaiter.GetResult();
    }
}
