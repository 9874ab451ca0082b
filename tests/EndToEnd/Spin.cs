using System.Diagnostics;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Lets time pass, finer than a timer can: for tests that ask at random moments.</summary>
internal static class Spin
{
    public static Task MicrosAsync(int micros) => Task.Run(() =>
    {
        var until = Stopwatch.GetTimestamp() + (micros * Stopwatch.Frequency / 1_000_000);
        while (Stopwatch.GetTimestamp() < until)
        {
            Thread.SpinWait(20);
        }
    });
}
