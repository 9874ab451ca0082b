using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <content>Another interrupt buffer that the worker has not said it polls.</content>
public sealed partial class DispatcherTests
{
    [Fact]
    public async Task A_buffer_stays_mapped_while_the_worker_is_set_to_it()
    {
        var run = Queue();
        Start(run);
        buffer.Dispose();
        run.Interrupt();
        Assert.Equal(Signal.Interrupt, ((IInterruptTarget)buffer).ReadWord().Signal);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => dispatcher.SetInterruptBufferAsync(buffer));
    }

    [Theory]
    [InlineData(InterruptRung.Terminate)]
    [InlineData(InterruptRung.Kill)]
    [InlineData(null)]
    public async Task A_worker_that_ends_without_having_answered_leaves_no_request_and_no_swap_open(InterruptRung? highest)
    {
        var (ending, status, outcome) = highest switch
        {
            InterruptRung.Terminate => (WorkerEnding.Terminated, ReceiptStatus.Terminated, RunOutcome.Terminated),
            InterruptRung.Kill => (WorkerEnding.Killed, ReceiptStatus.Killed, RunOutcome.Killed),
            _ => (WorkerEnding.Lost, ReceiptStatus.WorkerLost, RunOutcome.WorkerLost),
        };
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);

        // One that was taken, one that stands in the old word, and others that wait for it.
        var asked = new List<Task<InterruptReceipt>> { run.InterruptAsync(Signal.User1) };
        Take(run);
        asked.Add(run.InterruptAsync());
        using var first = InterruptBuffer.Create();
        using var second = InterruptBuffer.Create();
        Task[] swaps = [dispatcher.SetInterruptBufferAsync(first), dispatcher.SetInterruptBufferAsync(second), dispatcher.SetInterruptBufferAsync(null)];
        Assert.Equal(first.Path, outbox.Take<SetInterruptBufferMessage>().Path);
        Assert.Equal(second.Path, outbox.Take<SetInterruptBufferMessage>().Path);
        Assert.Null(outbox.Take<SetInterruptBufferMessage>().Path);
        asked.AddRange(Enumerable.Range(1, (int)Signal.Max).Select(signal => run.InterruptAsync((Signal)signal)));
        if (highest is { } rung)
        {
            asked.Add(run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.Zero, TerminateGrace = TimeSpan.Zero, HighestRung = rung }));
            await WaitFor(() => rung == InterruptRung.Kill ? dispatcher.IsKilling : dispatcher.IsTerminating);
        }

        asked.AddRange([run.InterruptAsync(), run.InterruptAsync(Signal.User2)]);
        Assert.DoesNotContain(asked, static receipt => receipt.IsCompleted);
        dispatcher.Close(ending, Exit);
        Assert.All(await Task.WhenAll(asked), receipt => Assert.Equal((status, false), (receipt.Status, receipt.StatePreserved)));
        var result = await run.Completion;
        Assert.Equal((outcome, asked.Count), (result.Outcome, result.Receipts.Distinct().Count()));
        foreach (var swap in swaps)
        {
            Assert.Contains(Exit.Message, (await Assert.ThrowsAsync<WorkerLostException>(() => swap)).Message, StringComparison.Ordinal);
        }

        // Nothing but this test keeps them any more.
        AssertLetGo(first);
        AssertLetGo(second);
        await Assert.ThrowsAsync<WorkerLostException>(() => dispatcher.SetInterruptBufferAsync(null));
    }

    [Fact]
    public async Task A_stop_of_which_the_worker_takes_nothing_while_it_is_to_change_the_buffer_climbs_all_the_same()
    {
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        _ = dispatcher.SetInterruptBufferAsync(null);
        outbox.Take<SetInterruptBufferMessage>();
        var grace = TimeSpan.FromMilliseconds(1);
        var stop = run.StopAsync(new StopPolicy { SignalGrace = grace, InsistGrace = grace, TerminateGrace = grace });
        await WaitFor(() => Volatile.Read(ref kills) == 1);
        outbox.Take<TerminateMessage>();
        dispatcher.Close(WorkerEnding.Killed, Exit);
        Assert.Equal(Enum.GetValues<InterruptRung>(), (await stop).Rungs.Select(begun => begun.Rung));
    }

    [Fact]
    public async Task A_swap_that_is_open_at_the_end_of_a_run_is_no_matter_of_the_runs()
    {
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        using var other = InterruptBuffer.Create();
        var swap = dispatcher.SetInterruptBufferAsync(other);
        var set = outbox.Take<SetInterruptBufferMessage>();
        var stop = run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.Zero, HighestRung = InterruptRung.Terminate });
        Complete(run);
        Assert.Equal(ReceiptStatus.TooLate, (await stop).Status);
        Assert.False(swap.IsCompleted);

        // The next one's request goes into the new buffer as soon as the worker polls it.
        var next = Queue();
        Start(next);
        var late = next.InterruptAsync();
        dispatcher.Receive(new InterruptBufferSetMessage(set.Request, null));
        await swap;
        Assert.Equal((next.Number, Signal.Interrupt), (((IInterruptTarget)other).ReadWord().Run, ((IInterruptTarget)other).ReadWord().Signal));
        Assert.False(((IInterruptTarget)buffer).ReadWord().HasRequest);
        Complete(next);
        Assert.Equal(ReceiptStatus.TooLate, (await late).Status);
    }

    [Fact]
    public async Task What_replaces_a_worker_polls_the_last_buffer_that_was_set_and_not_one_that_was_never_answered()
    {
        var run = Queue();
        Start(run);
        using var other = InterruptBuffer.Create();
        var swap = dispatcher.SetInterruptBufferAsync(other);
        var stop = run.StopAsync(StopPolicy.AtOnce);
        dispatcher.Part(WorkerEnding.Killed, Exit);
        await Assert.ThrowsAsync<WorkerLostException>(() => swap);
        Assert.Equal(ReceiptStatus.Killed, (await stop).Status);
        AssertLetGo(other);
        var next = new RecordingOutbox();
        var polls = dispatcher.Attach(next, static () => { }, own: null);
        var set = next.Take<SetInterruptBufferMessage>();
        Assert.Equal(buffer.Path, set.Path);
        dispatcher.Receive(new InterruptBufferSetMessage(set.Request, null));
        await polls;
    }

    private static void AssertLetGo(InterruptBuffer other)
    {
        other.Dispose();
        Assert.False(File.Exists(other.Path));
    }
}
