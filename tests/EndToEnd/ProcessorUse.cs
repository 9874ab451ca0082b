using System.Diagnostics;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Whether a process is busy.</summary>
internal static class ProcessorUse
{
    /// <summary>A part of one processor; a busy thread uses far more, whatever the machine leaves it.</summary>
    private const double Most = 0.15;

    /// <summary>Long beside the hundredths of a second that the kernel tells.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Threads that were to stop have stopped: waits until a while has passed in which hardly any processor time was used.</summary>
    public static async Task AssertIdleAsync(int processId)
    {
        using var process = Process.GetProcessById(processId);
        var until = Stopwatch.StartNew();
        double used;
        do
        {
            process.Refresh();
            var (before, begun) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
            await Task.Delay(Look);
            process.Refresh();
            used = (process.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(begun);
        }
        while (used > Most && until.Elapsed < Expect.Bound / 4);

        Assert.True(used <= Most, $"The worker used {used:P0} of a processor, with nothing to do.");
    }
}
