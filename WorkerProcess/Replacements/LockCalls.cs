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

    public static Lock.Scope EnterScope(Lock @lock)
    {
        Enter(@lock);
        return LockScopes.Make(@lock);
    }

    public static bool TryEnter(Lock @lock, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? @lock.TryEnter() || WaitRegion.Run(@lock, millisecondsTimeout, static (l, left) => l.TryEnter(left))
        : @lock.TryEnter(millisecondsTimeout);

    public static bool TryEnter(Lock @lock, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? TryEnter(@lock, milliseconds)
        : @lock.TryEnter(timeout);
}
