using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>With a token, since a wait that was left behind would take a turn that nobody gives back; see <see cref="RunTokens"/>.</remarks>
[Replaces(typeof(SemaphoreSlim))]
public static class SemaphoreSlimAsyncCalls
{
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
