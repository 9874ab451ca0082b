using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In async methods the task is complete by then.</remarks>
[Replaces(typeof(ConfiguredTaskAwaitable<>.ConfiguredTaskAwaiter), Scope = ReplacementScope.OutsideAsync)]
public static class ConfiguredTaskAwaiterOfTCalls
{
    public static T GetResult<T>(ref ConfiguredTaskAwaitable<T>.ConfiguredTaskAwaiter awaiter)
    {
        BlockedTask.Complete(TaskFieldsOfT<T>.Awaited(ref awaiter));
        return awaiter.GetResult();
    }
}
