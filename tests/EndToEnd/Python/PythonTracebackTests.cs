using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>What is shown of an error: where it came from, with the lines of this run's code and of earlier ones'.</summary>
public sealed class PythonTracebackTests(PythonFixture fixture) : IClassFixture<PythonFixture>
{
    public static TheoryData<string> Libraries => PythonLibraries.Data;

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Tracebacks_are_Pythons_own_without_frames_of_ours(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync("python").Soon();
        var error = (await worker.EndsAsync("def divide(a):\n    return a / 0\n\ndef outer():\n    try: divide(1)\n    except ZeroDivisionError as e: raise ValueError('outer') from e\nouter()")).Error!;
        Assert.Equal(("ValueError", "outer"), (error.Type, error.Message));
        Assert.StartsWith("Traceback (most recent call last):\n", error.Traceback, StringComparison.Ordinal);
        Assert.Contains("line 2, in divide\n    return a / 0\n", error.Traceback, StringComparison.Ordinal);
        Assert.Contains("direct cause", error.Traceback, StringComparison.Ordinal);
        Assert.EndsWith("ValueError: outer\n", error.Traceback, StringComparison.Ordinal);
        Assert.DoesNotContain("procinterrupt", error.Traceback, StringComparison.Ordinal);

        // A function of an earlier run still shows its line.
        Assert.Contains("return a / 0", (await worker.EndsAsync("divide(2)")).Error!.Traceback, StringComparison.Ordinal);

        // What is raised through ours has none of it either, also where the code prints it.
        var (_, stderr, result) = await worker.OutputAsync("import sys, traceback\ntry: sys.stdout.write(1)\nexcept TypeError: traceback.print_exc()");
        Assert.Equal(RunOutcome.Succeeded, result.Outcome);
        Assert.Contains("must be str", stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("procinterrupt", stderr, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task The_lines_of_code_that_is_gone_are_not_kept_for_ever(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync("python").Soon();
        await worker.ValueAsync("def outer():\n    def divide(a):\n        return a / 0\n    return divide\ndivide = outer()\ndel outer");
        var runs = Enumerable.Range(0, 1000).Select(number => worker.Run("python", number % 10 == 0 ? "y = (2 +" : $"{number}").Completion).ToList();
        await Task.WhenAll(runs).Soon();
        Assert.Equal("True", await worker.ValueAsync("import linecache\nsum(name.startswith('<run ') for name in linecache.cache) < 400"));
        Assert.Contains("return a / 0", (await worker.EndsAsync("divide(2)")).Error!.Traceback, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_syntax_error_has_line_column_and_the_caret(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        var error = (await worker.EndsAsync("x = 1\ny = (2 +")).Error!;
        Assert.Equal("SyntaxError", error.Type);
        Assert.Matches(@"line 2, column \d+", error.Message);
        Assert.Contains("line 2\n", error.Traceback, StringComparison.Ordinal);
        Assert.Matches(@"\n +\^", error.Traceback);
        Assert.Equal("IndentationError", (await worker.EndsAsync("if True:\npass")).Error?.Type);
        Assert.Equal(RunOutcome.Failed, (await worker.EndsAsync("x = '\0'")).Outcome);
    }

    [Fact]
    public async Task A_file_has_its_name_its_folder_and_its_lines_in_tracebacks()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
        try
        {
            var path = Path.Combine(folder.FullName, "program.py");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "beside_it.py"), "value = 5\n");
            var run = worker.Run("python", "import beside_it, sys\nassert (__file__, sys.argv) == (sys.argv[0], [__file__])\nbeside_it.value / 0", new RunOptions { Path = path });
            var error = (await run.Completion.Soon()).Error!;
            Assert.Contains($"File \"{path}\", line 3", error.Traceback, StringComparison.Ordinal);
            Assert.Contains("beside_it.value / 0", error.Traceback, StringComparison.Ordinal);
            Assert.Equal("('', False)", await worker.ValueAsync("import sys\n(sys.path[0], '__file__' in globals())"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
