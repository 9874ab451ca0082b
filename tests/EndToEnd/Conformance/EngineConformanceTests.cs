using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Conformance;

/// <summary>What every engine must do; an engine supplies its programs.</summary>
public abstract class EngineConformanceTests(WorkerFixture fixture)
{
    private Worker Worker => fixture.Worker;

    protected abstract EnginePrograms Programs { get; }

    [Fact]
    public void It_says_its_version()
    {
        var engine = Worker.Engines.Single(engine => engine.Name == Programs.Engine);
        Assert.Null(engine.Unavailable);
        Assert.Matches("^[0-9]+\\.[0-9]+", engine.Version);
    }

    [Fact]
    public async Task Variables_live_from_run_to_run_until_a_reset()
    {
        await SucceedsAsync(Programs.Keep);
        Assert.Equal("42", (await SucceedsAsync(Programs.KeptPlusOne)).Value?.Text);
        await Worker.ResetAsync(Programs.Engine).Soon();
        Assert.Equal(RunOutcome.Failed, (await EndsAsync(Programs.KeptPlusOne)).Outcome);
    }

    [Theory]
    [InlineData(nameof(EnginePrograms.Busy))]
    [InlineData(nameof(EnginePrograms.Waits))]
    [InlineData(nameof(EnginePrograms.Reads))]
    [InlineData(nameof(EnginePrograms.CleansUp))]
    [InlineData(nameof(EnginePrograms.CatchesAll))]
    [InlineData(nameof(EnginePrograms.PrintsForEver))]
    public async Task It_is_interrupted_and_the_session_stays(string program)
    {
        await SucceedsAsync(Programs.Keep);
        for (var time = 0; time < 20; time++)
        {
            var run = await GoAsync(program);
            var receipt = await run.InterruptAsync().Soon();
            var result = await run.Completion.Soon();
            Assert.Equal((time, ReceiptStatus.Interrupted, InterruptRung.Signal, true), (time, receipt.Status, receipt.Rung, receipt.StatePreserved));
            Assert.Equal((RunOutcome.Interrupted, InterruptReason.User), (result.Outcome, result.Reason));
            Assert.Equal((time, "42"), (time, (await SucceedsAsync(Programs.KeptPlusOne)).Value?.Text));
        }
    }

    [Theory]
    [InlineData(nameof(EnginePrograms.Busy))]
    [InlineData(nameof(EnginePrograms.Waits))]
    public async Task A_deadline_interrupts_it(string program)
    {
        var run = Worker.Run(Programs.Engine, Code(program), new RunOptions { Deadline = TimeSpan.FromMilliseconds(500) });
        var result = await run.Completion.Soon();
        Assert.Equal((RunOutcome.Interrupted, InterruptReason.Deadline), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task A_clause_that_catches_the_interrupt_makes_it_handled_and_the_next_one_is_raised_again()
    {
        var run = await GoAsync(nameof(EnginePrograms.Catches));
        Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
        Assert.False(run.Completion.IsCompleted);
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
    }

    [Fact]
    public async Task A_handler_takes_its_signal_and_the_code_goes_on()
    {
        var run = await GoAsync(nameof(EnginePrograms.HandlesThree));
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal((time, ReceiptStatus.Handled), (time, (await run.InterruptAsync(Signal.User1).Soon()).Status));
        }

        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
        await Worker.ResetAsync(Programs.Engine).Soon();
        var next = await GoAsync(nameof(EnginePrograms.Busy));
        Assert.Equal(ReceiptStatus.Handled, (await next.InterruptAsync(Signal.User1).Soon()).Status);
        Assert.False(next.Completion.IsCompleted);
        Assert.Equal(ReceiptStatus.Interrupted, (await next.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task A_request_after_the_end_is_too_late_and_the_next_run_is_not_touched()
    {
        await SucceedsAsync(Programs.Keep);
        for (var time = 0; time < 50; time++)
        {
            var ended = Worker.Run(Programs.Engine, Programs.KeptPlusOne);
            await ended.Completion.Soon();
            var next = Worker.Run(Programs.Engine, Programs.KeptPlusOne);
            Assert.Equal(ReceiptStatus.TooLate, (await ended.InterruptAsync().Soon()).Status);
            Assert.Equal((time, "42"), (time, (await next.Completion.Soon()).Value?.Text));
        }
    }

    [Fact]
    public async Task Output_errors_and_exit_codes_are_reported()
    {
        var run = Worker.Run(Programs.Engine, Programs.Prints);
        var texts = new Dictionary<OutputStream, string> { [OutputStream.Stdout] = "", [OutputStream.Stderr] = "" };
        await foreach (var next in run.Events)
        {
            if (next is OutputEvent output)
            {
                texts[output.Stream] += output.Text;
            }
        }

        Assert.Equal(("out\n", "err\n"), (texts[OutputStream.Stdout], texts[OutputStream.Stderr]));
        var failed = await EndsAsync(Programs.Fails);
        Assert.Equal((RunOutcome.Failed, Programs.FailureType, "oops"), (failed.Outcome, failed.Error?.Type, failed.Error?.Message));
        Assert.Contains("line 1", failed.Error!.Traceback, StringComparison.Ordinal);
        var wrong = await EndsAsync(Programs.DoesNotCompile);
        Assert.Equal(RunOutcome.Failed, wrong.Outcome);
        Assert.NotEqual("", wrong.Error!.Message);
        var exited = await EndsAsync(Programs.Exits);
        Assert.Equal((RunOutcome.Succeeded, 7), (exited.Outcome, exited.ExitCode));
        var deep = await EndsAsync(Programs.RecursesForEver);
        Assert.Equal(RunOutcome.Failed, deep.Outcome);
        await SucceedsAsync(Programs.Keep);
    }

    [Fact]
    public async Task Input_is_asked_for_and_its_end_is_told()
    {
        var run = Worker.Run(Programs.Engine, Programs.ReadsLine);
        await foreach (var next in run.Events)
        {
            if (next is InputRequestEvent request)
            {
                Assert.True(run.ReplyToInput(request, "typed"));
            }
        }

        Assert.Contains("typed", (await run.Completion.Soon()).Value?.Text, StringComparison.Ordinal);
    }

    private string Code(string program) => (string)typeof(EnginePrograms).GetProperty(program)!.GetValue(Programs)!;

    private Task<RunResult> EndsAsync(string code) => Worker.Run(Programs.Engine, code).Completion.Soon();

    private async Task<RunResult> SucceedsAsync(string code)
    {
        var result = await EndsAsync(code);
        Assert.True(result.Outcome == RunOutcome.Succeeded, $"{code}\n{result.Outcome}: {result.Error?.Type} {result.Error?.Message}\n{result.Error?.Traceback}");
        return result;
    }

    private async Task<Run> GoAsync(string program)
    {
        var run = Worker.Run(Programs.Engine, Code(program));
        await run.PrintedAsync("go");
        return run;
    }
}
