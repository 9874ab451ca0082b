using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>What a timer of running code calls.</summary>
internal sealed class TimerRing
{
    private readonly TimerCallback callback;

    // Weak: a timer that nobody keeps is to be collected, and stopped by that.
    private readonly WeakReference<Timer> timer = new(null!);

    private TimerRing(TimerCallback callback) => this.callback = callback;

    /// <param name="callback">The code's; that there is one is the framework's to check.</param>
    /// <param name="make">Makes the timer with what it is given.</param>
    public static Timer Make(TimerCallback callback, Func<TimerCallback, Timer> make)
    {
        if (callback is null)
        {
            return make(callback!);
        }

        var ring = new TimerRing(callback);
        var made = make(ring.Ring);
        ring.timer.SetTarget(made);
        return made;
    }

    private void Ring(object? state)
    {
        if (RunScope.Current is not { IsCondemned: true })
        {
            callback(state);
        }
        else if (timer.TryGetTarget(out var made))
        {
            made.Dispose();
        }
    }
}
