namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In slices: what it does about a wait that is broken off is not documented.</remarks>
[Replaces(typeof(ReaderWriterLock))]
public static class ReaderWriterLockCalls
{
    /// <summary>ERROR_TIMEOUT.</summary>
    private const int TimedOut = unchecked((int)0x800705B4);

    public static void AcquireReaderLock(ReaderWriterLock @lock, int millisecondsTimeout)
    {
        if (!Timeouts.Wait(millisecondsTimeout))
        {
            @lock.AcquireReaderLock(millisecondsTimeout);
        }
        else if (!SlicedWait.Run(@lock, millisecondsTimeout, static (l, slice) => IsInTime(() => l.AcquireReaderLock(slice))))
        {
            @lock.AcquireReaderLock(0);
        }
    }

    public static void AcquireReaderLock(ReaderWriterLock @lock, TimeSpan timeout)
    {
        if (Timeouts.Wait(timeout, out var milliseconds))
        {
            AcquireReaderLock(@lock, milliseconds);
        }
        else
        {
            @lock.AcquireReaderLock(timeout);
        }
    }

    public static void AcquireWriterLock(ReaderWriterLock @lock, int millisecondsTimeout)
    {
        if (!Timeouts.Wait(millisecondsTimeout))
        {
            @lock.AcquireWriterLock(millisecondsTimeout);
        }
        else if (!SlicedWait.Run(@lock, millisecondsTimeout, static (l, slice) => IsInTime(() => l.AcquireWriterLock(slice))))
        {
            @lock.AcquireWriterLock(0);
        }
    }

    public static void AcquireWriterLock(ReaderWriterLock @lock, TimeSpan timeout)
    {
        if (Timeouts.Wait(timeout, out var milliseconds))
        {
            AcquireWriterLock(@lock, milliseconds);
        }
        else
        {
            @lock.AcquireWriterLock(timeout);
        }
    }

    /// <remarks>When a slice is over the reader lock is held again.</remarks>
    public static LockCookie UpgradeToWriterLock(ReaderWriterLock @lock, int millisecondsTimeout)
    {
        if (!Timeouts.Wait(millisecondsTimeout))
        {
            return @lock.UpgradeToWriterLock(millisecondsTimeout);
        }

        LockCookie cookie = default;
        return SlicedWait.Run(@lock, millisecondsTimeout, (l, slice) => IsInTime(() => cookie = l.UpgradeToWriterLock(slice)))
            ? cookie
            : @lock.UpgradeToWriterLock(0);
    }

    public static LockCookie UpgradeToWriterLock(ReaderWriterLock @lock, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? UpgradeToWriterLock(@lock, milliseconds)
        : @lock.UpgradeToWriterLock(timeout);

    private static bool IsInTime(Action acquire)
    {
        try
        {
            acquire();
            return true;
        }
        catch (ApplicationException exception) when (exception.HResult == TimedOut)
        {
            return false;
        }
    }
}
