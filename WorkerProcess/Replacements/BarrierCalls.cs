namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>
/// In slices: the last participant to arrive runs the user's action. One whose slice is over has not arrived, and arrives
/// again.
/// </remarks>
[Replaces(typeof(Barrier))]
public static class BarrierCalls
{
    public static void SignalAndWait(Barrier barrier) => SignalAndWait(barrier, Timeout.Infinite, CancellationToken.None);

    public static void SignalAndWait(Barrier barrier, CancellationToken cancellationToken) => SignalAndWait(barrier, Timeout.Infinite, cancellationToken);

    public static bool SignalAndWait(Barrier barrier, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? SignalAndWait(barrier, millisecondsTimeout, CancellationToken.None)
        : barrier.SignalAndWait(millisecondsTimeout);

    public static bool SignalAndWait(Barrier barrier, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? SignalAndWait(barrier, milliseconds, CancellationToken.None)
        : barrier.SignalAndWait(timeout);

    public static bool SignalAndWait(Barrier barrier, TimeSpan timeout, CancellationToken cancellationToken) => Timeouts.Wait(timeout, out var milliseconds)
        ? SignalAndWait(barrier, milliseconds, cancellationToken)
        : barrier.SignalAndWait(timeout, cancellationToken);

    public static bool SignalAndWait(Barrier barrier, int millisecondsTimeout, CancellationToken cancellationToken) => Timeouts.Wait(millisecondsTimeout)
        ? SlicedWait.Run((barrier, cancellationToken), millisecondsTimeout, static (s, slice) => s.barrier.SignalAndWait(slice, s.cancellationToken))
        : barrier.SignalAndWait(millisecondsTimeout, cancellationToken);
}
