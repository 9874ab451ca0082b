using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>Where <c>await</c> is lowered the task is complete by then; a script's top level is an async method too, and may call this itself.</remarks>
[Replaces(typeof(ConfiguredValueTaskAwaitable<>.ConfiguredValueTaskAwaiter))]
public static class ConfiguredValueTaskAwaiterOfTCalls
{
    public static T GetResult<T>(ref ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter)
    {
        BlockedTask.Complete(ref TaskFieldsOfT<T>.Awaited(ref awaiter));
        return awaiter.GetResult();
    }
}
