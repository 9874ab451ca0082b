using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

[Replaces(typeof(ManualResetEventSlim))]
public static class ManualResetEventSlimCalls
{
    public static void Wait(ManualResetEventSlim @event) => Wait(@event, Timeout.Infinite, CancellationToken.None);

    public static void Wait(ManualResetEventSlim @event, CancellationToken cancellationToken) => Wait(@event, Timeout.Infinite, cancellationToken);

    public static bool Wait(ManualResetEventSlim @event, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? Wait(@event, millisecondsTimeout, CancellationToken.None)
        : @event.Wait(millisecondsTimeout);

    public static bool Wait(ManualResetEventSlim @event, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? Wait(@event, milliseconds, CancellationToken.None)
        : @event.Wait(timeout);

    public static bool Wait(ManualResetEventSlim @event, TimeSpan timeout, CancellationToken cancellationToken) => Timeouts.Wait(timeout, out var milliseconds)
        ? Wait(@event, milliseconds, cancellationToken)
        : @event.Wait(timeout, cancellationToken);

    public static bool Wait(ManualResetEventSlim @event, int millisecondsTimeout, CancellationToken cancellationToken) => Timeouts.Wait(millisecondsTimeout) && !@event.IsSet
        ? WaitRegion.Run((@event, cancellationToken), millisecondsTimeout, static (s, left) => s.@event.Wait(left, s.cancellationToken))
        : @event.Wait(millisecondsTimeout, cancellationToken);
}
