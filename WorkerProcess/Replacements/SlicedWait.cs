namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>Waits a slice of time at a time, and looks for an interrupt in between.</summary>
/// <remarks>
/// For waits that a kick must not break off: they call the user's code, or they change something before they wait or after
/// it, which the exception would leave half done. When a slice is over, the framework has undone what it had begun.
/// </remarks>
internal static class SlicedWait
{
    /// <summary>How long an interrupt may have to wait, in milliseconds. Shorter slices keep the processor from sleeping.</summary>
    public const int SliceMilliseconds = 10;

    /// <param name="state">What the wait is called with.</param>
    /// <param name="millisecondsTimeout">-1, or above 0.</param>
    /// <param name="wait">Waits for so long at most; false when the time was over.</param>
    public static bool Run<TState>(TState state, int millisecondsTimeout, Func<TState, int, bool> wait)
    {
        var started = Environment.TickCount64;
        var left = (long)millisecondsTimeout;
        while (true)
        {
            var slice = left == Timeout.Infinite ? SliceMilliseconds : Math.Min(left, SliceMilliseconds);
            if (wait(state, (int)slice))
            {
                return true;
            }

            if (millisecondsTimeout != Timeout.Infinite && (left = millisecondsTimeout - (Environment.TickCount64 - started)) <= 0)
            {
                return false;
            }

            Interrupt.Check();
        }
    }
}
