using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <inheritdoc cref="AwaitedValueTaskCalls"/>
[Replaces(typeof(ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter), Scope = ReplacementScope.InAsync)]
public static class AwaitedConfiguredValueTaskCalls
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCompleted(ref ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter) => awaiter.IsCompleted || Guard(ref awaiter);

    private static bool Guard(ref ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter awaiter)
    {
        GuardedValueTask.Put(ref TaskFields.Awaited(ref awaiter));
        return awaiter.IsCompleted;
    }
}
