namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In slices: before it counts itself out again a waiter may have to sleep, and a kick then would leave it counted for good.</remarks>
[Replaces(typeof(ReaderWriterLockSlim))]
public static class ReaderWriterLockSlimCalls
{
    public static void EnterReadLock(ReaderWriterLockSlim @lock) => TryEnterReadLock(@lock, Timeout.Infinite);

    public static bool TryEnterReadLock(ReaderWriterLockSlim @lock, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? SlicedWait.Run(@lock, millisecondsTimeout, static (l, slice) => l.TryEnterReadLock(slice))
        : @lock.TryEnterReadLock(millisecondsTimeout);

    public static bool TryEnterReadLock(ReaderWriterLockSlim @lock, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? TryEnterReadLock(@lock, milliseconds)
        : @lock.TryEnterReadLock(timeout);

    public static void EnterUpgradeableReadLock(ReaderWriterLockSlim @lock) => TryEnterUpgradeableReadLock(@lock, Timeout.Infinite);

    public static bool TryEnterUpgradeableReadLock(ReaderWriterLockSlim @lock, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? SlicedWait.Run(@lock, millisecondsTimeout, static (l, slice) => l.TryEnterUpgradeableReadLock(slice))
        : @lock.TryEnterUpgradeableReadLock(millisecondsTimeout);

    public static bool TryEnterUpgradeableReadLock(ReaderWriterLockSlim @lock, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? TryEnterUpgradeableReadLock(@lock, milliseconds)
        : @lock.TryEnterUpgradeableReadLock(timeout);

    public static void EnterWriteLock(ReaderWriterLockSlim @lock) => TryEnterWriteLock(@lock, Timeout.Infinite);

    public static bool TryEnterWriteLock(ReaderWriterLockSlim @lock, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? SlicedWait.Run(@lock, millisecondsTimeout, static (l, slice) => l.TryEnterWriteLock(slice))
        : @lock.TryEnterWriteLock(millisecondsTimeout);

    public static bool TryEnterWriteLock(ReaderWriterLockSlim @lock, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? TryEnterWriteLock(@lock, milliseconds)
        : @lock.TryEnterWriteLock(timeout);
}
