namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>
/// A timer that an interrupted run has left behind is stopped when it rings: it would ring, and be interrupted, for ever.
/// </remarks>
[Replaces(typeof(Timer))]
public static class TimerCalls
{
    /// <remarks>Its state is the timer itself, which the framework's constructor sees to.</remarks>
    public static Timer New(TimerCallback callback) => TimerRing.Make(callback, static ring => new Timer(ring));

    public static Timer New(TimerCallback callback, object? state, int dueTime, int period) =>
        TimerRing.Make(callback, ring => new Timer(ring, state, dueTime, period));

    public static Timer New(TimerCallback callback, object? state, uint dueTime, uint period) =>
        TimerRing.Make(callback, ring => new Timer(ring, state, dueTime, period));

    public static Timer New(TimerCallback callback, object? state, long dueTime, long period) =>
        TimerRing.Make(callback, ring => new Timer(ring, state, dueTime, period));

    public static Timer New(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        TimerRing.Make(callback, ring => new Timer(ring, state, dueTime, period));
}
