namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Lets a thread be kicked while it waits, and at no other time.</summary>
/// <remarks>
/// A kick is <see cref="Thread.Interrupt"/>. It stays pending until the thread waits, wherever that is: in a <c>finally</c>, in
/// <c>Process.Start</c>, where it would break what nobody meant to break. So it is given only while the gate is open, and
/// closing the gate takes back one that nothing has felt. The owner opens and closes; anybody may kick.
/// </remarks>
internal sealed class KickGate(Thread owner)
{
    private const int Closed = 0;

    // An open gate: these bits say who may kick.
    private const int Open = 1;
    private const int InCleanup = 2;
    private const int Repeatable = 4;

    /// <summary>A kick is under way: the gate cannot be closed before it has arrived.</summary>
    private const int Kicking = 8;
    private const int Kicked = 16;

    private volatile int state;
    private int mode;

    /// <summary>Whether the wait that is being left was broken off by a kick, not by an interrupt of somebody else's.</summary>
    public bool IsKicked => state is Kicking or Kicked;

    /// <summary>Whether the owner is in a wait that it lets others break off.</summary>
    public bool IsOpen => state != Closed;

    /// <summary>Whether it is so for those only that insist.</summary>
    public bool IsInCleanup => (state & (Open | InCleanup)) == (Open | InCleanup);

    /// <summary>Called by the owner, who then looks whether there is something to take before it waits.</summary>
    /// <param name="cleanup">The wait is inside clean-up: only insist may break it off.</param>
    /// <param name="repeatable">The wait can be begun again after it was broken off.</param>
    public void OpenFor(bool cleanup, bool repeatable)
    {
        mode = Open | (cleanup ? InCleanup : 0) | (repeatable ? Repeatable : 0);
        Interlocked.Exchange(ref state, mode);
    }

    /// <summary>Called by the owner. Afterwards no kick is pending and none comes.</summary>
    public void Close()
    {
        mode = Closed;
        int seen;
        do
        {
            // Not a lock and not a sleep: the kick that is under way would break it.
            while ((seen = state) == Kicking)
            {
                Thread.Yield();
            }
        }
        while (Interlocked.CompareExchange(ref state, Closed, seen) != seen);

        if (seen == Kicked)
        {
            TakeBackKick();
        }
    }

    /// <summary>Closes the gate of a wait that has called user code; <see cref="Resume"/> opens it again.</summary>
    public int Suspend()
    {
        var suspended = mode;
        if (suspended != Closed)
        {
            Close();
        }

        return suspended;
    }

    public void Resume(int suspended)
    {
        if (suspended != Closed)
        {
            mode = suspended;
            Interlocked.Exchange(ref state, suspended);
        }
    }

    /// <summary>Kicks the owner if it waits.</summary>
    /// <param name="insist">Also inside clean-up.</param>
    /// <param name="onlyRepeatable">Not if the wait could not go on.</param>
    /// <returns>Whether it was kicked, by this call.</returns>
    public bool TryKick(bool insist, bool onlyRepeatable)
    {
        var seen = state;
        if ((seen & Open) == 0
            || (!insist && (seen & InCleanup) != 0)
            || (onlyRepeatable && (seen & Repeatable) == 0)
            || Interlocked.CompareExchange(ref state, Kicking, seen) != seen)
        {
            return false;
        }

        owner.Interrupt();
        state = Kicked;
        return true;
    }

    /// <summary>For threads that were interrupted for good or ill: a pending interrupt is felt here, and nowhere else.</summary>
    public static void TakeBackKick()
    {
        try
        {
            Thread.Sleep(0);
        }
        catch (ThreadInterruptedException)
        {
            // Taken back.
        }
    }
}
