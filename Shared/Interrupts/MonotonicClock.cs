using System.Diagnostics;

namespace ProcInterrupt.Interrupts;

/// <summary>One clock for both processes: CLOCK_MONOTONIC on Linux, in nanoseconds.</summary>
internal static class MonotonicClock
{
    private static readonly double NanosPerTick = 1e9 / Stopwatch.Frequency;

    public static long Nanos => Stopwatch.Frequency == 1_000_000_000 ? Stopwatch.GetTimestamp() : (long)(Stopwatch.GetTimestamp() * NanosPerTick);
}
