using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What is asked about code that is not run.</summary>
public sealed class CodeQuestionTests : IClassFixture<WorkerFixture>
{
    private readonly WorkerFixture fixture;

    public CodeQuestionTests(WorkerFixture fixture) => this.fixture = fixture;

    private Worker Worker => fixture.Worker;

    [Fact]
    public async Task Completeness_is_told_with_the_indent_of_the_next_line()
    {
        Assert.Equal(new CodeCompleteness(CodeStatus.Complete), await Worker.IsCompleteAsync("csharp", "1 + 1").Soon());
        Assert.Equal(new CodeCompleteness(CodeStatus.Incomplete, "    "), await Worker.IsCompleteAsync("csharp", "while (true)\n{").Soon());
        Assert.Equal(new CodeCompleteness(CodeStatus.Invalid), await Worker.IsCompleteAsync("csharp", "}").Soon());
        Assert.True((await Worker.IsCompleteAsync("csharp", "if (true) { }").Soon()).MayContinue);
    }

    [Fact]
    public async Task Completion_knows_the_sessions_variables()
    {
        await Worker.SucceedsAsync("var kilometres = new List<int>();");
        var found = await Worker.CompleteAsync("csharp", "1 + kilom", 9).Soon();
        Assert.Equal((4, 9), (found.Start, found.End));
        Assert.Equal(["kilometres"], found.Matches);
        Assert.Contains("Add", (await Worker.CompleteAsync("csharp", "kilometres.A", 12).Soon()).Matches);
    }

    [Fact]
    public async Task There_are_at_most_a_thousand_matches()
    {
        await Worker.SucceedsAsync($"int {string.Join(", ", Enumerable.Range(0, 1200).Select(n => $"crowd{n}"))};");
        Assert.Equal(1000, (await Worker.CompleteAsync("csharp", "crowd", 5).Soon()).Matches.Count);
    }

    [Fact]
    public async Task Questions_wait_behind_runs_and_do_not_disturb_them()
    {
        var run = Worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        var question = Worker.IsCompleteAsync("csharp", "1");
        Assert.False(question.IsCompleted);
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(CodeStatus.Complete, (await question.Soon()).Status);
    }

    [Fact]
    public async Task An_unknown_engine_is_refused_and_the_known_ones_are_named()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Worker.IsCompleteAsync("cobol", "").Soon());
        Assert.Contains("csharp", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Worker.CompleteAsync("cobol", "", 0).Soon());
        Assert.Contains("csharp", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_position_outside_the_code_is_the_callers_mistake()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Worker.CompleteAsync("csharp", "ab", 3));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Worker.CompleteAsync("csharp", "ab", -1));
    }

    [Fact]
    public async Task Lines_are_numbered_as_the_caller_says()
    {
        var options = new RunOptions { FirstLine = 40 };
        var compiled = await Worker.Run("csharp", "int i = 1;\nint j = \"a\";", options).Completion.Soon();
        Assert.StartsWith("(41,9): error CS0029", compiled.Error!.Message, StringComparison.Ordinal);
        var thrown = await Worker.Run("csharp", "void F()\n{\n    throw new Exception();\n}\nF();", options).Completion.Soon();
        Assert.Contains("line 42", thrown.Error!.Traceback, StringComparison.Ordinal);
        Assert.Contains("line 44", thrown.Error.Traceback, StringComparison.Ordinal);
        var nested = await Worker.Run("csharp", "\n" + new string('(', 600), options).Completion.Soon();
        Assert.StartsWith("(41,501): error", nested.Error!.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Worker.Run("csharp", "1", new RunOptions { FirstLine = 0 }));
    }
}
