using System.Diagnostics.CodeAnalysis;
using ProcInterrupt.Interrupts;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>
/// <c>signal.alarm</c> and <c>setitimer(ITIMER_REAL)</c>: the system's would end the worker, whose signals are not Python's.
/// Rings only while a run is executed.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class AlarmClock(PythonInterrupts interrupts)
{
    private readonly Lock gate = new();
    private Timer? timer;
    private object? setting;
    private long dueNanos;
    private double interval;

    /// <summary>Sets the alarm; 0 seconds turns it off.</summary>
    /// <returns>The seconds that were left, and the interval that was set before.</returns>
    public (double Left, double Interval) Set(double seconds, double newInterval)
    {
        lock (gate)
        {
            var now = MonotonicClock.Nanos;
            var before = (timer is null ? 0 : Math.Max(1e-6, (dueNanos - now) / 1e9), interval);
            timer?.Dispose();
            timer = null;
            setting = new object();
            interval = newInterval;
            if (seconds > 0)
            {
                dueNanos = now + (long)(seconds * 1e9);
                var period = newInterval > 0 ? TimeSpan.FromSeconds(newInterval) : Timeout.InfiniteTimeSpan;
                timer = new Timer(Ring, setting, TimeSpan.FromSeconds(seconds), period);
            }

            return before;
        }
    }

    private void Ring(object? state)
    {
        lock (gate)
        {
            if (state != setting)
            {
                return; // set anew meanwhile
            }

            if (interval > 0)
            {
                dueNanos = MonotonicClock.Nanos + (long)(interval * 1e9);
            }
            else
            {
                timer?.Dispose();
                timer = null;
            }
        }

        interrupts.QueueSignal((int)Signal.Alarm);
    }
}
