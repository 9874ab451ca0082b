using ProcInterrupt.Cli.Repl;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Repl;

public sealed class ReplInterruptsTests
{
    private readonly ReplInterrupts interrupts = new();

    [Fact]
    public void A_press_while_an_entry_is_typed_discards_that_entry_only()
    {
        var first = interrupts.BeginEntry();
        interrupts.Press();
        Assert.True(first.IsCancellationRequested);
        Assert.Throws<OperationCanceledException>(() => interrupts.StartRun(() => throw new InvalidOperationException("started all the same")));
        Assert.False(interrupts.BeginEntry().IsCancellationRequested);
        Assert.False(interrupts.IsEnded);
    }

    [Fact]
    public void After_the_end_every_entry_is_given_up()
    {
        var first = interrupts.BeginEntry();
        interrupts.End();
        Assert.True(first.IsCancellationRequested);
        Assert.True(interrupts.BeginEntry().IsCancellationRequested);
        Assert.Throws<OperationCanceledException>(() => interrupts.StartRun(() => throw new InvalidOperationException("started all the same")));
        Assert.True(interrupts.IsEnded);
    }

    [Fact]
    public async Task A_press_while_a_run_is_there_is_the_runs()
    {
        await using var worker = await Worker.StartAsync();
        var presses = 0;
        interrupts.Pressed = () => presses++;
        var entry = interrupts.BeginEntry();
        var run = interrupts.StartRun(() => worker.Run("csharp", "while (true) { }"));
        interrupts.Press();
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.WaitAsync(CommandProcess.Patience)).Outcome);
        Assert.Equal((1, false), (presses, entry.IsCancellationRequested));
        interrupts.EndRun();
        interrupts.Press();
        Assert.Equal((1, true), (presses, entry.IsCancellationRequested));
    }
}
