using System.Diagnostics;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Whether a process is busy.</summary>
internal static class ProcessorUse
{
    /// <summary>A busy thread uses all of a second, or as much of it as the machine leaves it.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(150);

    /// <summary>Threads that were to stop have stopped: waits until a second has passed in which hardly any processor time was used.</summary>
    public static async Task AssertIdleAsync(int processId)
    {
        using var process = Process.GetProcessById(processId);
        var until = Stopwatch.StartNew();
        TimeSpan used;
        do
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(1));
            process.Refresh();
            used = process.TotalProcessorTime - before;
        }
        while (used > Most && until.Elapsed < Expect.Bound / 4);

        Assert.True(used <= Most, $"The worker used {used.TotalMilliseconds} ms of processor time in a second, with nothing to do.");
    }
}
