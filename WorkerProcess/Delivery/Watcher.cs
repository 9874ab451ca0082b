using ProcInterrupt.Interrupts;
using ProcInterrupt.Processes;
using ProcInterrupt.WorkerProcess.Budgets;
using ProcInterrupt.WorkerProcess.Hosting;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>The thread that waits on the doorbell, for code that is at no checkpoint, and keeps deadlines.</summary>
/// <remarks>
/// Order: sample the doorbell, read the word, set <c>waiting</c>, full fence, wait on the sample. Nobody rings for a foreign
/// byte, so while a run is active the wait is limited; idle for a while, it is not.
/// </remarks>
internal sealed class Watcher
{
    /// <summary>While a run is active: how long a foreign byte may stand unseen by blocked code.</summary>
    private static readonly TimeSpan ActiveWait = TimeSpan.FromMilliseconds(20);

    /// <summary>How long the watcher keeps looking after the last run, so that runs in quick succession need not wake it.</summary>
    private const long LingerNanos = 1_000_000_000;

    /// <summary>How long a run may unwind before the controller is told that it took the interrupt; most have ended by then.</summary>
    private const long UnwindingNanos = 1_000_000;

    /// <summary>After so many looks at threads that do not stop, which see no checkpoint, it is looked less often.</summary>
    private const int PatientLooks = 50;
    private const int LooksSkipped = 16;

    /// <summary>How soon foreign code is told again that something waits for it: what it is told just before a system call is lost.</summary>
    private const long RetellingNanos = 1_000_000;

    /// <summary>
    /// It is told ever less often, up to this: a fork that a signal comes upon is begun anew by the kernel, and takes longer than
    /// a millisecond in a large process.
    /// </summary>
    private const long MostRetellingNanos = 16_000_000;

    private readonly InterruptPage page;
    private readonly DeliveryDesk desk;
    private int condemnedLooks;
    private RunScope? unwindingRun;
    private long unwindingSince;
    private long retellingNanos = RetellingNanos;
    private volatile bool deep;
    private volatile int swapsSeen;
    private volatile int swaps;

    public Watcher(InterruptPage page, DeliveryDesk desk)
    {
        this.page = page;
        this.desk = desk;
        desk.WakeWatcher = WakeIfDeep;
    }

    /// <summary>Looked after while a run is active; set before the start.</summary>
    public BudgetGuard? Budgets { get; set; }

    /// <summary>Starts the thread; it runs until the process ends.</summary>
    public void Start() => WorkerThread.Start("interrupt watcher", () =>
    {
        WarmUpKicks();
        PromptThread.Begin();
        Loop();
    });

    /// <summary>After a swap: wakes the thread if it sleeps on the old buffer, and returns once it has left it.</summary>
    /// <param name="old">The old buffer, through its second mapping.</param>
    public void LeaveBuffer(InterruptMapView old)
    {
        var generation = Interlocked.Increment(ref swaps);
        var spin = new SpinWait();
        while (swapsSeen - generation < 0)
        {
            old.RingDoorbell();
            page.View.RingDoorbell();
            spin.SpinOnce();
        }
    }

    private void WakeIfDeep()
    {
        // Pairs with the fence in Loop: either we see deep, or the loop sees the run.
        Interlocked.MemoryBarrier();
        if (deep)
        {
            page.View.RingDoorbell();
        }
    }

    private void Loop()
    {
        var lastActive = MonotonicClock.Nanos;
        while (true)
        {
            swapsSeen = swaps;
            var view = page.View;
            var sampled = view.Doorbell;
            var run = desk.Current;
            var now = MonotonicClock.Nanos;
            var timeout = ActiveWait;
            if (run is not null)
            {
                lastActive = now;
                timeout = LookAt(run, now);
            }

            var budgetNanos = Budgets?.Look(run, now) ?? long.MaxValue;
            if (budgetNanos < timeout.Ticks * 100)
            {
                timeout = TimeSpan.FromTicks(Math.Max(1, budgetNanos / 100));
            }

            var condemned = LookAtCondemned();
            if (run is null && !condemned && budgetNanos == long.MaxValue && now - lastActive > LingerNanos && page.HasBuffer)
            {
                deep = true;
                Interlocked.MemoryBarrier();
                timeout = desk.Current is null && !RunThread.AnyCondemned() ? Timeout.InfiniteTimeSpan : ActiveWait;
            }

            view.WaitForDoorbell(sampled, timeout);
            deep = false;
        }
    }

    /// <summary>Threads in the code of runs that are over and were to stop.</summary>
    /// <returns>Whether there are any.</returns>
    private bool LookAtCondemned()
    {
        if (!RunThread.AnyCondemned())
        {
            if (condemnedLooks > 0)
            {
                condemnedLooks = 0;
                desk.ClearIdleTrip();
            }

            return false;
        }

        if (++condemnedLooks < PatientLooks || condemnedLooks % LooksSkipped == 0)
        {
            desk.StopCondemned();
        }

        return true;
    }

    /// <summary>The first <see cref="Thread.Interrupt"/> of a process takes a millisecond.</summary>
    private static void WarmUpKicks()
    {
        var sleeper = new Thread(static () =>
        {
            try
            {
                Thread.Sleep(Timeout.Infinite);
            }
            catch (ThreadInterruptedException)
            {
                // As it should.
            }
        })
        { IsBackground = true };
        sleeper.Start();
        sleeper.Interrupt();
        sleeper.Join();
    }

    /// <returns>When to look again at the latest.</returns>
    private TimeSpan LookAt(RunScope run, long now)
    {
        var untilNanos = ActiveWait.Ticks * 100;
        if (now >= run.DeadlineNanos)
        {
            run.DeadlineNanos = long.MaxValue;
            desk.InterruptLocally(run, InterruptReason.Deadline);
        }
        else
        {
            untilNanos = Math.Min(untilNanos, run.DeadlineNanos - now);
        }

        var unwinding = run.Unwinding != Unwinding.None;
        if (unwinding || run is { Foreign: not null, Raised.Count: > 0 })
        {
            untilNanos = Math.Min(untilNanos, 2 * UnwindingNanos);
            if (unwindingRun != run)
            {
                (unwindingRun, unwindingSince) = (run, now);
            }
            else if (now - unwindingSince > UnwindingNanos)
            {
                desk.TellTaken();
            }
        }

        if (unwinding || run.Local.HasRequest || page.View.ReadWord().HasRequest || run.Foreign is { HasWork: true })
        {
            desk.Attend(run);
            if (run.ShieldedUntilNanos is var until && now < until)
            {
                untilNanos = Math.Min(untilNanos, until - now);
            }
            else if (run.Foreign is not null)
            {
                untilNanos = Math.Min(untilNanos, retellingNanos);
                retellingNanos = Math.Min(2 * retellingNanos, MostRetellingNanos);
            }
        }
        else
        {
            retellingNanos = RetellingNanos;
        }

        return TimeSpan.FromTicks(Math.Max(1, untilNanos / 100));
    }
}
