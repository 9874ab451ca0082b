using System.Globalization;
using Xunit;

namespace ProcInterrupt.Tests.Support;

/// <summary>Whether a process's memory stays bounded while something goes on.</summary>
internal sealed class ProcessMemory
{
    /// <summary>Far more than any buffer of ours, far less than a flood of a second.</summary>
    public const long Allowance = 150_000_000;

    private readonly int processId;
    private readonly long before;
    private long most;

    public ProcessMemory(int processId)
    {
        this.processId = processId;
        before = most = Resident(processId);
    }

    /// <summary>Looks a few times, a while apart.</summary>
    public static async Task WatchAsync(params ProcessMemory[] watched)
    {
        for (var look = 0; look < 20; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            foreach (var memory in watched)
            {
                if (memory.processId == Environment.ProcessId)
                {
                    // What is held counts, not what the collector has not come to yet, which grows with what else this process has done.
                    GC.Collect();
                }

                memory.most = Math.Max(memory.most, Resident(memory.processId));
            }
        }
    }

    public void AssertBounded() =>
        Assert.True(most - before < Allowance, $"The memory of process {processId} grew from {before / 1e6:F0} to {most / 1e6:F0} MB.");

    private static long Resident(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
