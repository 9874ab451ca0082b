using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In async methods the task is complete by then.</remarks>
[Replaces(typeof(ConfiguredValueTaskAwaitable<>.ConfiguredValueTaskAwaiter), Scope = ReplacementScope.OutsideAsync)]
public static class ConfiguredValueTaskAwaiterOfTCalls
{
    public static T GetResult<T>(ref ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter)
    {
        BlockedTask.Complete(ref TaskFieldsOfT<T>.Awaited(ref awaiter));
        return awaiter.GetResult();
    }
}
