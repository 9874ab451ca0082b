using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>A lock that nobody holds is taken as ever; only a wait for it is a region.</remarks>
[Replaces(typeof(Monitor))]
public static class MonitorCalls
{
    public static void Enter(object obj)
    {
        if (!Monitor.TryEnter(obj))
        {
            WaitFor(obj);
        }
    }

    public static void Enter(object obj, ref bool lockTaken)
    {
        Monitor.TryEnter(obj, ref lockTaken);
        if (!lockTaken)
        {
            WaitFor(obj);
            lockTaken = true;
        }
    }

    public static bool TryEnter(object obj, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? Monitor.TryEnter(obj) || WaitFor(obj, millisecondsTimeout)
        : Monitor.TryEnter(obj, millisecondsTimeout);

    public static bool TryEnter(object obj, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? TryEnter(obj, milliseconds)
        : Monitor.TryEnter(obj, timeout);

    public static void TryEnter(object obj, int millisecondsTimeout, ref bool lockTaken)
    {
        if (!Timeouts.Wait(millisecondsTimeout))
        {
            Monitor.TryEnter(obj, millisecondsTimeout, ref lockTaken);
            return;
        }

        Monitor.TryEnter(obj, ref lockTaken);
        if (!lockTaken)
        {
            lockTaken = WaitFor(obj, millisecondsTimeout);
        }
    }

    public static void TryEnter(object obj, TimeSpan timeout, ref bool lockTaken)
    {
        if (Timeouts.Wait(timeout, out var milliseconds))
        {
            TryEnter(obj, milliseconds, ref lockTaken);
        }
        else
        {
            Monitor.TryEnter(obj, timeout, ref lockTaken);
        }
    }

    public static bool Wait(object obj) => WaitRegion.Run(obj, static o => Monitor.Wait(o));

    public static bool Wait(object obj, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? WaitRegion.Run(obj, millisecondsTimeout, static (o, left) => Monitor.Wait(o, left))
        : Monitor.Wait(obj, millisecondsTimeout);

    public static bool Wait(object obj, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds) ? Wait(obj, milliseconds) : Monitor.Wait(obj, timeout);

    /// <remarks>There is no synchronization domain to exit on .NET.</remarks>
    public static bool Wait(object obj, int millisecondsTimeout, bool exitContext) => Wait(obj, millisecondsTimeout);

    public static bool Wait(object obj, TimeSpan timeout, bool exitContext) => Wait(obj, timeout);

    private static void WaitFor(object obj) => WaitRegion.Run(obj, static o => Monitor.Enter(o));

    private static bool WaitFor(object obj, int millisecondsTimeout) =>
        WaitRegion.Run(obj, millisecondsTimeout, static (o, left) => Monitor.TryEnter(o, left));
}
