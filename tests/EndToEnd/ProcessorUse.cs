using System.Globalization;
using ProcInterrupt.Interrupts;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Whether a process is busy.</summary>
internal static class ProcessorUse
{
    /// <summary>A part of one processor; a busy thread uses far more, whatever the machine leaves it.</summary>
    private const double Most = 0.15;

    /// <summary>
    /// The runtime's thread that compiles hot methods again. It waits as long as new code keeps coming, and after a storm of runs has
    /// some ten seconds of work, or more where others want the processor: an idle worker, then, that seems busy.
    /// </summary>
    private const string Recompiling = ".NET Tiered Com";

    /// <summary>Long beside the hundredths of a second that the kernel tells.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Threads that were to stop have stopped: waits until a while has passed in which hardly any processor time was used.</summary>
    public static async Task AssertIdleAsync(int processId)
    {
        var until = MonotonicClock.Nanos + (Expect.Bound.Ticks * 100 / 4);
        List<(string Name, TimeSpan Used)> used;
        double part;
        do
        {
            var (before, begun) = (Threads(processId), MonotonicClock.Nanos);
            await Task.Delay(Look);
            used = [.. Threads(processId).Select(thread => (thread.Value.Name, Used: thread.Value.Used - (before.TryGetValue(thread.Key, out var then) ? then.Used : default)))];
            part = used.Sum(static thread => thread.Used.Ticks) * 100.0 / (MonotonicClock.Nanos - begun);
        }
        while (part > Most && MonotonicClock.Nanos < until);

        Assert.True(part <= Most, $"The worker uses {part:P0} of a processor, with nothing to do: "
            + string.Join(", ", used.OrderByDescending(static thread => thread.Used).Take(8).Select(static thread => $"{thread.Name} {thread.Used.TotalMilliseconds} ms")));
    }

    /// <summary>The threads but one, with the processor time that each has used.</summary>
    private static Dictionary<string, (string Name, TimeSpan Used)> Threads(int processId)
    {
        var found = new Dictionary<string, (string, TimeSpan)>();
        foreach (var thread in Directory.GetDirectories($"/proc/{processId}/task"))
        {
            string status;
            try
            {
                status = File.ReadAllText($"{thread}/stat");
            }
            catch (IOException)
            {
                // Ended meanwhile.
                continue;
            }

            // The name may hold anything; user and system time are the 12th and 13th field behind it, in hundredths of a second.
            const int userAt = 12;
            var (open, close) = (status.IndexOf('('), status.LastIndexOf(')'));
            var name = status[(open + 1)..close];
            if (name != Recompiling)
            {
                var fields = status[close..].Split(' ');
                var ticks = long.Parse(fields[userAt], CultureInfo.InvariantCulture) + long.Parse(fields[userAt + 1], CultureInfo.InvariantCulture);
                found.Add(thread, (name, TimeSpan.FromMilliseconds(10 * ticks)));
            }
        }

        return found;
    }
}
