using System.Diagnostics;
using System.Globalization;
using ProcInterrupt.Tests.Cli;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Finds processes by what is in their command line, and waits for their end.</summary>
internal static class LeftProcesses
{
    /// <summary>The processes, zombies excepted, whose command line has the text; <c>\0</c> stands between its words.</summary>
    public static List<int> With(string text) =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(static folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && CommandLine(id).Contains(text, StringComparison.Ordinal) && CommandProcess.IsRunning(id)),
    ];

    /// <summary>Fails unless no process has the text within the time.</summary>
    public static async Task AssertNoneAsync(string text, TimeSpan within)
    {
        var since = Stopwatch.StartNew();
        while (With(text) is { Count: > 0 } left)
        {
            Assert.True(since.Elapsed < within, $"Still there after {since.Elapsed.TotalSeconds:F1} s: {string.Join(", ", left.Select(id => $"{id} {CommandLine(id).Replace('\0', ' ')}"))}");
            await Task.Delay(10);
        }
    }

    private static string CommandLine(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
