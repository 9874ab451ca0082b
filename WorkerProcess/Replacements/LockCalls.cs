using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>A lock that nobody holds is taken as ever; only a wait for it is a region.</remarks>
[Replaces(typeof(Lock))]
public static class LockCalls
{
    public static void Enter(Lock @lock)
    {
        if (!@lock.TryEnter())
        {
            WaitRegion.Run(@lock, static l => l.Enter());
        }
    }

    /// <remarks>Only the lock itself makes a scope: entered once more, which does not wait.</remarks>
    public static Lock.Scope EnterScope(Lock @lock)
    {
        Enter(@lock);
        var scope = @lock.EnterScope();
        @lock.Exit();
        return scope;
    }

    public static bool TryEnter(Lock @lock, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? @lock.TryEnter() || WaitRegion.Run(@lock, millisecondsTimeout, static (l, left) => l.TryEnter(left))
        : @lock.TryEnter(millisecondsTimeout);

    public static bool TryEnter(Lock @lock, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? TryEnter(@lock, milliseconds)
        : @lock.TryEnter(timeout);
}
