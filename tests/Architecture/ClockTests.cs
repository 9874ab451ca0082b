using System.Diagnostics;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Tests.Support;
using Xunit;

namespace ProcInterrupt.Tests.Architecture;

/// <summary>A clock that jumps changes nothing: no time that matters is the wall clock's.</summary>
public sealed class ClockTests
{
    [Fact]
    public void The_wall_clock_is_banned_from_the_code()
    {
        // The analyzer makes each use an error; the build that these tests are from has passed it.
        var banned = File.ReadAllText(Repository.PathOf("BannedSymbols.txt"));
        string[] clocks = ["DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "TimeProvider.GetUtcNow"];
        Assert.All(clocks, clock => Assert.Contains($":System.{clock};", banned, StringComparison.Ordinal));
        Assert.DoesNotContain("RS0030.severity = none", File.ReadAllText(Repository.PathOf(".editorconfig")), StringComparison.Ordinal);
    }

    [Fact]
    public void Python_code_of_ours_and_native_calls_ask_for_no_wall_clock() => Assert.All(
        Directory.EnumerateFiles(Repository.PathOf("WorkerProcess"), "*.*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.PathOf("Shared"), "*.*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".py" && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)),
        file => Assert.DoesNotMatch(@"time\.time\(|time\.time_ns|datetime\.now|CLOCK_REALTIME|gettimeofday", File.ReadAllText(file)));

    [Fact]
    public void Times_in_frames_are_of_the_monotonic_clock()
    {
        // Seconds since the system came up, as the kernel tells them; the wall clock's are many times as many.
        var up = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(1_000_000_000, Stopwatch.Frequency);
        Assert.InRange(MonotonicClock.Nanos / 1e9, 0, up + 5);
    }
}
