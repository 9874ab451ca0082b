using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ProcInterrupt.Tests.EndToEnd;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Soak;

/// <summary>A minute of everything at once, in a process of its own so that what is left in it can be counted.</summary>
[Collection(EndToEndCollection.Name)]
public sealed partial class SoakTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Every_request_is_accounted_for_and_nothing_is_left_behind()
    {
        var (exitCode, text) = await RunAsync("--seconds", "60", "--workers", "2", "--wide", "60", "--deaths", "2000");

        Assert.True(exitCode == 0, text);
        var requests = long.Parse(Requests().Match(text).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.True(requests > 1000, $"only {requests} requests");
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "3-5")]
    [InlineData(1, "3-5 5-9 1-5")]
    [InlineData(2, "3-5 6-9 1-7")]
    [InlineData(3, "1-2 3-4 1-9 5-6 2-5")]
    public void As_many_words_were_taken_as_the_times_in_the_receipts_need(int words, string spans) =>
        Assert.Equal(words, SoakHandlers.LeastWords([.. spans.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static span => (From: span[0] - (long)'0', To: span[^1] - (long)'0'))]));

    [Theory]
    [InlineData]
    [InlineData("many")]
    [InlineData("--seed", "1")]
    [InlineData("--seconds")]
    [InlineData("--seconds", "1", "--nonsense", "1")]
    public async Task Bad_arguments_are_refused(params string[] arguments)
    {
        await using var told = new StringWriter();

        Assert.Equal(2, await SoakCommand.RunAsync(arguments, told));
        Assert.Contains("usage:", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Descriptors_that_are_closed_while_they_are_looked_at_do_not_end_the_look()
    {
        using var over = new CancellationTokenSource();
        var opensAndCloses = Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                File.OpenHandle("/dev/null").Dispose();
            }
        });

        for (var look = 0; look < 500; look++)
        {
            Assert.NotEmpty(SoakUse.Descriptions().ToList());
        }

        await over.CancelAsync();
        await opensAndCloses;
    }

    private async Task<(int ExitCode, string Text)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SoakTests).Assembly.Location, "soak", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Bound);
        try
        {
            var standard = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            var text = await standard + await error;
            output.WriteLine(text);
            return (process.ExitCode, text);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [GeneratedRegex("(?m)^([0-9]+) requests in")]
    private static partial Regex Requests();
}
