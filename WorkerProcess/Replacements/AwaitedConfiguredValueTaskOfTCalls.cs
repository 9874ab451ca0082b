using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <inheritdoc cref="AwaitedValueTaskCalls"/>
[Replaces(typeof(ConfiguredValueTaskAwaitable<>.ConfiguredValueTaskAwaiter), Scope = ReplacementScope.InAsync)]
public static class AwaitedConfiguredValueTaskOfTCalls
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCompleted<T>(ref ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter) => awaiter.IsCompleted || Guard(ref awaiter);

    private static bool Guard<T>(ref ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter)
    {
        GuardedValueTask.Put(ref TaskFieldsOfT<T>.Awaited(ref awaiter));
        return awaiter.IsCompleted;
    }
}
