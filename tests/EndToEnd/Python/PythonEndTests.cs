using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>How a run ends by itself, and how a worker does.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PythonEndTests(PythonFixture fixture) : IClassFixture<PythonFixture>
{
    public static TheoryData<string> Libraries => PythonLibraries.Data;

    private Task<Worker> WorkerAsync() => fixture.WorkerAsync(PythonLibraries.Default);

    [Theory]
    [InlineData("import sys\nsys.exit()", 0)]
    [InlineData("import sys\nsys.exit(7)", 7)]
    [InlineData("raise SystemExit('bye')", 1)]
    [InlineData("try:\n    exit(3)\nexcept Exception: pass", 3)]
    [InlineData("raise SystemExit(-1)", 255)]
    [InlineData("raise SystemExit(True)", 1)]
    [InlineData("raise SystemExit(2 ** 40 + 5)", 5)]
    [InlineData("raise SystemExit(2 ** 100)", 255)]
    [InlineData("raise SystemExit((1, 2))", 1)]
    [InlineData("class Mute:\n    def __str__(self): return 1 / 0\nraise SystemExit(Mute())", 1)]
    public async Task SystemExit_ends_the_run_with_its_code_and_not_the_worker(string code, int exitCode)
    {
        var worker = await WorkerAsync();
        await worker.ValueAsync("kept = 41");
        var result = await worker.EndsAsync(code);
        Assert.Equal((RunOutcome.Succeeded, exitCode), (result.Outcome, result.ExitCode));
        Assert.Equal("42", await worker.ValueAsync("kept + 1"));
    }

    [Fact]
    public async Task What_SystemExit_says_is_written_also_without_a_standard_error()
    {
        var worker = await WorkerAsync();
        var (stdout, stderr, result) = await worker.OutputAsync("import sys\nsys.stderr = None\nraise SystemExit('bye')");
        Assert.Equal(("", "bye\n", 1), (stdout, stderr, result.ExitCode));
    }

    [Fact]
    public async Task A_reset_and_the_next_run_find_their_names_and_hooks()
    {
        var worker = await WorkerAsync();
        await worker.ValueAsync("globals().clear()");
        Assert.Equal("'__main__'", await worker.ValueAsync("class Here: pass\nHere.__module__"));
        await worker.ValueAsync("import threading\nthreading.excepthook = lambda arguments: None");
        await worker.ResetAsync("python").Soon();
        var (_, stderr, _) = await worker.OutputAsync("import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()");
        Assert.Contains("ZeroDivisionError", stderr, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_trace_function_sees_the_code_and_nothing_of_ours(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync("python").Soon();
        await worker.ValueAsync("import sys\nfiles = set()\ndef trace(frame, event, argument): files.add(frame.f_code.co_filename)\nsys.settrace(trace)");
        await worker.EndsAsync("def f(): pass\nf()\n1 / 0");
        Assert.Equal("(True, True, [])", await worker.ValueAsync("(sys.gettrace() is trace, len(files) > 0, [name for name in files if 'procinterrupt' in name])"));
        await worker.ResetAsync("python").Soon();
        Assert.Equal("True", await worker.ValueAsync("import sys\nsys.gettrace() is None"));
    }

    [Theory]
    [InlineData("import os\nos._exit(17)", "17")]
    [InlineData("import ctypes\nctypes.string_at(0)", "SIGSEGV")]
    [InlineData("import os\nos.abort()", "SIGABRT")]
    public async Task The_end_of_the_process_is_told_with_its_cause(string code, string cause)
    {
        await using var worker = await PythonFixture.StartAsync(PythonLibraries.Default, Expect.Bound);
        var result = await worker.EndsAsync(code);
        Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
        Assert.Contains(cause, result.Error!.Message, StringComparison.Ordinal);
    }
}
