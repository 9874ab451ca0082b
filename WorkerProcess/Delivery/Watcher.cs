using System.Runtime.Versioning;
using ProcInterrupt.Interrupts;
using ProcInterrupt.WorkerProcess.Hosting;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>The thread that waits on the doorbell, for code that is at no checkpoint, and keeps deadlines.</summary>
/// <remarks>
/// Order: sample the doorbell, read the word, set <c>waiting</c>, full fence, wait on the sample. Nobody rings for a foreign
/// byte, so while a run is active the wait is limited; idle for a while, it is not.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class Watcher
{
    /// <summary>While a run is active: how long a foreign byte may stand unseen by blocked code.</summary>
    private static readonly TimeSpan ActiveWait = TimeSpan.FromMilliseconds(20);

    /// <summary>How long the watcher keeps looking after the last run, so that runs in quick succession need not wake it.</summary>
    private const long LingerNanos = 1_000_000_000;

    private readonly InterruptPage page;
    private readonly DeliveryDesk desk;
    private volatile bool deep;
    private volatile int swapsSeen;
    private volatile int swaps;

    public Watcher(InterruptPage page, DeliveryDesk desk)
    {
        this.page = page;
        this.desk = desk;
        desk.WakeWatcher = WakeIfDeep;
    }

    /// <summary>Starts the thread; it runs until the process ends.</summary>
    public void Start() => WorkerThread.Start("interrupt watcher", Loop);

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
                if (now >= run.DeadlineNanos)
                {
                    run.DeadlineNanos = long.MaxValue;
                    desk.InterruptLocally(run, InterruptReason.Deadline);
                }
                else if (run.DeadlineNanos - now < ActiveWait.Ticks * 100)
                {
                    timeout = TimeSpan.FromTicks(Math.Max(1, (run.DeadlineNanos - now) / 100));
                }

                if (view.ReadWord().HasRequest || run.Local.HasRequest || run.Unwinding != Unwinding.None)
                {
                    desk.Attend(run);
                }
            }
            else if (now - lastActive > LingerNanos && page.HasBuffer)
            {
                deep = true;
                Interlocked.MemoryBarrier();
                timeout = desk.Current is null ? Timeout.InfiniteTimeSpan : ActiveWait;
            }

            view.WaitForDoorbell(sampled, timeout);
            deep = false;
        }
    }
}
