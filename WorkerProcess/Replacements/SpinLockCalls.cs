namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In slices: a spinning thread is counted, and sleeps now and then.</remarks>
[Replaces(typeof(SpinLock))]
public static class SpinLockCalls
{
    public static void Enter(ref SpinLock @lock, ref bool lockTaken) => TryEnter(ref @lock, Timeout.Infinite, ref lockTaken);

    public static void TryEnter(ref SpinLock @lock, TimeSpan timeout, ref bool lockTaken)
    {
        if (Timeouts.Wait(timeout, out var milliseconds))
        {
            TryEnter(ref @lock, milliseconds, ref lockTaken);
        }
        else
        {
            @lock.TryEnter(timeout, ref lockTaken);
        }
    }

    public static void TryEnter(ref SpinLock @lock, int millisecondsTimeout, ref bool lockTaken)
    {
        if (!Timeouts.Wait(millisecondsTimeout))
        {
            @lock.TryEnter(millisecondsTimeout, ref lockTaken);
            return;
        }

        var started = Environment.TickCount64;
        var left = (long)millisecondsTimeout;
        while (true)
        {
            var slice = left == Timeout.Infinite ? SlicedWait.SliceMilliseconds : Math.Min(left, SlicedWait.SliceMilliseconds);
            @lock.TryEnter((int)slice, ref lockTaken);
            if (lockTaken || (millisecondsTimeout != Timeout.Infinite && (left = millisecondsTimeout - (Environment.TickCount64 - started)) <= 0))
            {
                return;
            }

            Interrupt.Check();
        }
    }
}
