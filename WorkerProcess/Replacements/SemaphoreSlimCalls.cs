namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>
/// In slices: behind code that awaits the semaphore a thread waits by a promise of its own, which would take its place in
/// the semaphore for good when the wait for it was broken off.
/// </remarks>
[Replaces(typeof(SemaphoreSlim))]
public static class SemaphoreSlimCalls
{
    public static void Wait(SemaphoreSlim semaphore) => Wait(semaphore, Timeout.Infinite, CancellationToken.None);

    public static void Wait(SemaphoreSlim semaphore, CancellationToken cancellationToken) => Wait(semaphore, Timeout.Infinite, cancellationToken);

    public static bool Wait(SemaphoreSlim semaphore, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? Wait(semaphore, millisecondsTimeout, CancellationToken.None)
        : semaphore.Wait(millisecondsTimeout);

    public static bool Wait(SemaphoreSlim semaphore, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? Wait(semaphore, milliseconds, CancellationToken.None)
        : semaphore.Wait(timeout);

    public static bool Wait(SemaphoreSlim semaphore, TimeSpan timeout, CancellationToken cancellationToken) => Timeouts.Wait(timeout, out var milliseconds)
        ? Wait(semaphore, milliseconds, cancellationToken)
        : semaphore.Wait(timeout, cancellationToken);

    public static bool Wait(SemaphoreSlim semaphore, int millisecondsTimeout, CancellationToken cancellationToken) => Timeouts.Wait(millisecondsTimeout)
        ? SlicedWait.Run((semaphore, cancellationToken), millisecondsTimeout, static (s, slice) => s.semaphore.Wait(slice, s.cancellationToken))
        : semaphore.Wait(millisecondsTimeout, cancellationToken);

    /// <remarks>With a token, since a wait that was left behind would take a turn that nobody gives back; see <see cref="RunTokens"/>.</remarks>
    public static Task WaitAsync(SemaphoreSlim semaphore)
    {
        var isRuns = false;
        return RunTokens.Settle(semaphore.WaitAsync(RunTokens.Join(CancellationToken.None, ref isRuns)), isRuns);
    }

    public static Task<bool> WaitAsync(SemaphoreSlim semaphore, int millisecondsTimeout)
    {
        var isRuns = false;
        return RunTokens.Settle(semaphore.WaitAsync(millisecondsTimeout, RunTokens.Join(CancellationToken.None, ref isRuns)), isRuns);
    }

    public static Task<bool> WaitAsync(SemaphoreSlim semaphore, TimeSpan timeout)
    {
        var isRuns = false;
        return RunTokens.Settle(semaphore.WaitAsync(timeout, RunTokens.Join(CancellationToken.None, ref isRuns)), isRuns);
    }
}
