using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>What is asked about Python code that is not run, and where a part of a script says that it is.</summary>
public sealed class PythonQuestionTests(PythonFixture fixture) : IClassFixture<PythonFixture>
{
    [Theory]
    [InlineData("1 + 1", CodeStatus.Complete, "", false)]
    [InlineData("a = 1\nb = 2", CodeStatus.Complete, "", false)]
    [InlineData("if a:", CodeStatus.Incomplete, "    ", false)]
    [InlineData("if a:\n  b", CodeStatus.Incomplete, "  ", false)]
    [InlineData("if a:\n  b\n", CodeStatus.Complete, "", true)]
    [InlineData("if a:\n  b\nelse:", CodeStatus.Incomplete, "    ", false)]
    [InlineData("if a:\n  b\nc", CodeStatus.Invalid, "", false)]
    [InlineData("if a:\n  b\n\nc", CodeStatus.Complete, "", false)]
    [InlineData("text = '''one:", CodeStatus.Incomplete, "", false)]
    [InlineData("else:", CodeStatus.Invalid, "", false)]
    [InlineData("  b", CodeStatus.Invalid, "", false)]
    [InlineData("a b", CodeStatus.Invalid, "", false)]
    public async Task Completeness_is_that_of_a_prompt(string code, CodeStatus status, string indent, bool mayContinue)
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        Assert.Equal(new CodeCompleteness(status, indent, mayContinue), await worker.IsCompleteAsync("python", code).Soon());
    }

    [Fact]
    public async Task Completion_knows_the_sessions_names_and_executes_nothing()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.EndsAsync("import os\nkilometres = []\nclass Trap:\n  field = 1\n  @property\n  def sprung(self):\n    global kilometres\n    kilometres = None\ntrap = Trap()\n");
        var found = await worker.CompleteAsync("python", "1 + kilom", 9).Soon();
        Assert.Equal((4, 9), (found.Start, found.End));
        Assert.Equal(["kilometres"], found.Matches);
        Assert.Contains("append", (await worker.CompleteAsync("python", "kilometres.ap", 13).Soon()).Matches);
        Assert.Contains("join", (await worker.CompleteAsync("python", "os.path.j", 9).Soon()).Matches);
        Assert.Equal(["field"], (await worker.CompleteAsync("python", "trap.f", 6).Soon()).Matches);
        Assert.Empty((await worker.CompleteAsync("python", "trap.sprung.a", 13).Soon()).Matches);
        Assert.Equal("[]", await worker.ValueAsync("kilometres"));
    }

    [Theory]
    [InlineData("1/0")]
    [InlineData("a b")]
    public async Task A_part_of_a_script_names_the_scripts_lines(string code)
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var run = worker.Run("python", code, new RunOptions { FirstLine = 41 });
        Assert.Contains("line 41", (await run.Completion.Soon()).Error?.Traceback, StringComparison.Ordinal);
    }
}
