using System.Runtime.CompilerServices;
using ProcInterrupt.Tests.Cli;
using Xunit;

namespace ProcInterrupt.Tests.Samples;

/// <summary>The programs that the README shows do what it says.</summary>
public sealed class SamplesTests
{
    /// <summary>What the smallest example prints.</summary>
    internal const string SmallestExampleOutput = @"^Interrupted after [0-9]+ us\n[1-9][0-9]{3,} primes were found\n$";

    private static readonly string Root = Path.GetFullPath("../..", Path.GetDirectoryName(ThisFile())!);

    [Theory]
    [InlineData("samples/Minimal/Program.cs")]
    [InlineData("samples/primes.csx")]
    [InlineData("samples/resume.csx")]
    public async Task The_readme_shows_the_sample_as_it_is(string sample) =>
        Assert.Contains(
            $"```csharp\n{await File.ReadAllTextAsync(Path.Combine(Root, sample))}```",
            await File.ReadAllTextAsync(Path.Combine(Root, "README.md")),
            StringComparison.Ordinal);

    [Fact]
    public async Task The_smallest_example_interrupts_a_search_and_keeps_what_it_found()
    {
        // Built before the tests, in the same configuration.
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        var program = Path.Combine(Root, "samples/Minimal/bin", configuration, "net10.0/Minimal.dll");
        await using var sample = CommandProcess.StartProgram(CommandProcess.DotNet, [program]);
        var result = await sample.EndAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(SmallestExampleOutput, result.Output);
    }

    [Fact]
    public async Task The_search_for_primes_says_how_far_it_came()
    {
        var result = await CommandProcess.RunAsync("run", Path.Combine(Root, "samples/primes.csx"), "--timeout", "6s");
        Assert.Equal(124, result.ExitCode);
        Assert.Matches(@"^[0-9]+ primes so far; the last one is [0-9]+\n$", result.Output);
    }

    [Fact]
    public async Task The_loop_answers_a_foreign_signal_goes_on_and_ends_in_its_own_way()
    {
        await using var command = CommandProcess.Start("run", Path.Combine(Root, "samples/resume.csx"), "--show-map");
        await command.UntilErrorHoldsAsync("\n");
        var map = command.ErrorText.Trim()["map: ".Length..];

        // A byte that is written before the handler is set is consumed and ignored, so ask again.
        var answer = command.ReadLineAsync();
        while (!answer.IsCompleted)
        {
            await WriteByteAsync(map, "012");
        }

        Assert.StartsWith("User1: the total is ", await answer, StringComparison.Ordinal);
        command.Signal(CommandProcess.SigInt);
        var result = await command.EndAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("stopping, as asked\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_keeps_its_variable_over_an_interrupted_run()
    {
        var result = await CommandProcess.RunWithInputAsync(await File.ReadAllTextAsync(Path.Combine(Root, "samples/session.jsonl")), "session");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\"run\":2,\"outcome\":\"interrupted\",\"reason\":\"deadline\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"run\":3,\"outcome\":\"succeeded\",\"reason\":null,\"value\":\"42\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blocking_function_in_CSharp_is_interrupted_and_Python_catches_it()
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        var host = Path.Combine(Root, "samples/BlockingSleep/bin", configuration, "net10.0/BlockingSleep.dll");
        var result = await CommandProcess.RunAsync("run", Path.Combine(Root, "samples/blocking_sleep.py"), "--engine", "python", "--host", host, "--timeout", "3s");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"^KeyboardInterrupt in turn [1-9][0-9]*\n$", result.Output);
    }

    private static async Task WriteByteAsync(string map, string octal)
    {
        await using var writer = CommandProcess.StartProgram("sh", ["-c", $"printf '\\{octal}' | dd of={map} bs=1 count=1 conv=notrunc"]);
        Assert.Equal(0, await writer.ExitCodeAsync());
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
