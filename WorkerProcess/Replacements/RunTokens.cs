using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>Called by woven code around framework calls that take a cancellation token.</summary>
/// <remarks>
/// An await that is left behind goes on doing what it was told: a read takes the next message from its channel, a wait the
/// next turn of its semaphore, and nobody gets it. So where a call can be cancelled, it is.
/// </remarks>
public static class RunTokens
{
    /// <summary>The token to call with: the run's, if the code gave none.</summary>
    /// <param name="token">What the code gave.</param>
    /// <param name="isRuns">Whether the answer is the run's.</param>
    public static CancellationToken Join(CancellationToken token, ref bool isRuns)
    {
        if (!token.CanBeCanceled && AwaitGuard.FindScope() is { } scope)
        {
            isRuns = true;
            return scope.AwaitToken(CleanupDepth.InCleanup);
        }

        isRuns = false;
        return token;
    }

    /// <summary>The same for a call that returns a sequence: its steps get tokens of their own, see <see cref="CancellableSequence{T}"/>.</summary>
    public static CancellationToken JoinSteps(CancellationToken token, ref bool isRuns)
    {
        isRuns = !token.CanBeCanceled;
        return token;
    }

    /// <summary>The task to go on with: one that ends when the call has been cancelled, as interrupted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Task Settle(Task task, bool isRuns) => isRuns && !task.IsCompletedSuccessfully ? AwaitGuard.OfCancellable(task) : task;

    /// <inheritdoc cref="Settle(Task, bool)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Task<T> Settle<T>(Task<T> task, bool isRuns) => isRuns && !task.IsCompletedSuccessfully ? AwaitGuard.OfCancellable(task) : task;

    /// <inheritdoc cref="Settle(Task, bool)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ValueTask Settle(ValueTask task, bool isRuns) =>
        isRuns && !task.IsCompletedSuccessfully ? new ValueTask(AwaitGuard.OfCancellable(task.AsTask())) : task;

    /// <inheritdoc cref="Settle(Task, bool)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ValueTask<T> Settle<T>(ValueTask<T> task, bool isRuns) =>
        isRuns && !task.IsCompletedSuccessfully ? new ValueTask<T>(AwaitGuard.OfCancellable(task.AsTask())) : task;

    /// <summary>The sequence to go on with: one whose steps end when they have been cancelled, as interrupted.</summary>
    public static IAsyncEnumerable<T> Settle<T>(IAsyncEnumerable<T> sequence, bool isRuns) =>
        isRuns && sequence is not null ? new CancellableSequence<T>(sequence) : sequence!;
}
