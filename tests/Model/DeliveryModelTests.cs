using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Model;

/// <summary>The delivery protocol as a model, checked by spin for every interleaving; see README.md beside this file.</summary>
/// <remarks>Debian packages: spin, gcc. Where they are missing the tests fail and say so.</remarks>
public sealed partial class DeliveryModelTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Model");

    public static TheoryData<string> Correct => Names("holds", "ends");

    public static TheoryData<string, string> Mutants
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var line in Scenarios("breaks"))
            {
                data.Add(line[1], line[2]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Correct))]
    public async Task Model_holds_in_every_interleaving(string scenario)
    {
        var (exitCode, text) = await CheckAsync(scenario);

        Assert.True(exitCode == 0, text);
        Assert.Contains("Full statespace search", text, StringComparison.Ordinal);
        Assert.Matches(NoErrors(), text);
        Assert.DoesNotContain("assertion violated", text, StringComparison.Ordinal);
        Assert.DoesNotContain("max search depth too small", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Search not completed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("out of memory", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task Mutant_is_found_out(string scenario, string claim)
    {
        var (exitCode, text) = await CheckAsync(scenario);

        Assert.True(exitCode == 0, text);
        Assert.Matches(SomeErrors(), text);
        Assert.Contains($"assertion violated {claim}", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IGNORE_RUN_NUMBER")]
    [InlineData("READ_THEN_CLEAR")]
    public void The_two_bugs_of_the_original_are_among_the_mutants(string define) =>
        Assert.Contains(Scenarios("breaks"), line => line.Contains(define, StringComparer.Ordinal));

    [Fact]
    public async Task Missing_tools_are_named_with_their_packages()
    {
        var (exitCode, text) = await RunScriptAsync("two-requesters", path: "/nonexistent");

        Assert.Equal(3, exitCode);
        Assert.Contains("apt-get install spin gcc", text, StringComparison.Ordinal);
    }

    private static TheoryData<string> Names(params string[] kinds)
    {
        var data = new TheoryData<string>();
        foreach (var line in Scenarios(kinds))
        {
            data.Add(line[1]);
        }

        return data;
    }

    private static List<string[]> Scenarios(params string[] kinds) =>
        [.. File.ReadLines(Path.Combine(Folder, "scenarios.txt"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 2 && kinds.Contains(words[0], StringComparer.Ordinal))];

    private async Task<(int ExitCode, string Text)> CheckAsync(string scenario)
    {
        var (exitCode, text) = await RunScriptAsync(scenario, path: null);
        output.WriteLine(text);
        Assert.False(exitCode == 3, text);
        return (exitCode, text);
    }

    private static async Task<(int ExitCode, string Text)> RunScriptAsync(string scenario, string? path)
    {
        var start = new ProcessStartInfo("/bin/bash", [Path.Combine(Folder, "check.sh"), "-v", scenario])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        try
        {
            var standard = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await standard + await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [GeneratedRegex("errors: 0\\b")]
    private static partial Regex NoErrors();

    [GeneratedRegex("errors: [1-9]")]
    private static partial Regex SomeErrors();
}
