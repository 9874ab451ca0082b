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

        Assert.True(used <= Most, $"The worker uses {used:P0} of a processor, with nothing to do; its threads: {Threads(process)}");
    }

    /// <summary>Those that have used the most, by name.</summary>
    private static string Threads(Process process)
    {
        var threads = new List<(string Name, TimeSpan Used)>();
        foreach (ProcessThread thread in process.Threads)
        {
            try
            {
                threads.Add((File.ReadAllText($"/proc/{process.Id}/task/{thread.Id}/comm").Trim(), thread.TotalProcessorTime));
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException)
            {
                // Ended meanwhile.
            }
        }

        return string.Join(", ", threads.OrderByDescending(static thread => thread.Used).Take(8).Select(static thread => $"{thread.Name} {thread.Used.TotalSeconds:F2} s"));
    }
}
