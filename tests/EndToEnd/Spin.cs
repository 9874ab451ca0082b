using System.Diagnostics;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Lets time pass, finer than a timer can: for tests that ask at random moments.</summary>
internal static class Spin
{
    /// <summary>A timer counts whole milliseconds, and rings up to one late when the machine is not busy.</summary>
    private const int TimerMicros = 2000;

    /// <summary>The last part is spun away; before it the processor is the worker's.</summary>
    public static Task MicrosAsync(int micros) => Task.Run(async () =>
    {
        var until = Stopwatch.GetTimestamp() + (micros * Stopwatch.Frequency / 1_000_000);
        if (micros > TimerMicros)
        {
            await Task.Delay((micros - TimerMicros + 999) / 1000).ConfigureAwait(false);
        }

        while (Stopwatch.GetTimestamp() < until)
        {
            Thread.SpinWait(20);
        }
    });
}
