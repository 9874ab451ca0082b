using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <inheritdoc cref="AwaitedValueTaskCalls"/>
[Replaces(typeof(ValueTaskAwaiter<>), Scope = ReplacementScope.InAsync)]
public static class AwaitedValueTaskOfTCalls
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCompleted<T>(ref ValueTaskAwaiter<T> awaiter) => awaiter.IsCompleted || Guard(ref awaiter);

    private static bool Guard<T>(ref ValueTaskAwaiter<T> awaiter)
    {
        GuardedValueTask.Put(ref TaskFieldsOfT<T>.Awaited(ref awaiter));
        return awaiter.IsCompleted;
    }
}
