using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>The queue and results; without a process.</summary>
public sealed partial class DispatcherTests : IDisposable
{
    private const int Retention = 64 * 1024;
    private static readonly WorkerExit Exit = new(42, null, "The worker process 1 exited with code 42.");
    private readonly RecordingOutbox outbox = new();
    private readonly InterruptBuffer buffer = InterruptBuffer.Create();
    private readonly Dispatcher dispatcher;
    private int kills;

    public DispatcherTests()
    {
        dispatcher = Dispatchers.Connected(outbox, () => kills++, Retention);
        _ = dispatcher.SetInterruptBufferAsync(buffer);
        dispatcher.Receive(new InterruptBufferSetMessage(outbox.Take<SetInterruptBufferMessage>().Request, null));
    }

    public void Dispose()
    {
        dispatcher.Close(WorkerEnding.Terminated, Exit);
        buffer.Dispose();
    }

    [Fact]
    public async Task Runs_are_sent_one_at_a_time_in_their_order()
    {
        var first = Queue("1");
        var second = Queue("2");
        Assert.Equal("1", outbox.Take<RunCodeMessage>().Code);
        Assert.Empty(outbox.Sent);
        Start(first);
        Complete(first);
        Assert.Equal("2", outbox.Take<RunCodeMessage>().Code);
        Assert.Equal(RunOutcome.Succeeded, (await first.Completion).Outcome);
        Assert.Equal(2u, second.Number);
    }

    [Fact]
    public async Task Events_are_started_output_receipts_completed()
    {
        var run = Queue();
        Start(run);
        Output(run, "hello");
        run.Interrupt();
        Take(run);
        Complete(run, RunOutcome.Interrupted);
        var events = await ReadAll(run);
        Assert.Equal(
            [typeof(RunStartedEvent), typeof(OutputEvent), typeof(ReceiptEvent), typeof(RunCompletedEvent)],
            events.Select(item => item.GetType()));
        var result = await run.Completion;
        Assert.Equal(ReceiptStatus.Interrupted, Assert.Single(result.Receipts).Status);
        Assert.Same(((ReceiptEvent)events[2]).Receipt, result.Receipts[0]);
        Assert.Equal(InterruptReason.User, result.Reason);
    }

    [Fact]
    public async Task A_queued_run_is_taken_off_the_queue()
    {
        var first = Queue();
        var second = Queue();
        var third = Queue("3");
        var receipt = await second.InterruptAsync(id: "x");
        Assert.Equal((ReceiptStatus.NeverStarted, true, "x"), (receipt.Status, receipt.StatePreserved, receipt.Id));
        Assert.Equal(RunOutcome.Interrupted, (await second.Completion).Outcome);
        Assert.Equal([typeof(ReceiptEvent), typeof(RunCompletedEvent)], (await ReadAll(second)).Select(item => item.GetType()));
        outbox.Take<RunCodeMessage>();
        Start(first);
        Complete(first);
        Assert.Equal(third.Number, outbox.Take<RunCodeMessage>().Run);
    }

    [Fact]
    public async Task A_request_after_the_end_is_too_late_at_once()
    {
        var run = Queue();
        Start(run);
        Complete(run);
        var receipt = await run.InterruptAsync();
        Assert.Equal((ReceiptStatus.TooLate, true), (receipt.Status, receipt.StatePreserved));
        Assert.Equal(ReceiptStatus.TooLate, (await run.StopAsync()).Status);
        Assert.Empty((await run.Completion).Receipts);
        Assert.Equal(0, kills);
    }

    [Fact]
    public async Task Stop_kills_after_the_grace_and_its_receipt_says_so()
    {
        var run = Queue();
        var queued = Queue();
        Start(run);
        var other = run.InterruptAsync();
        var stop = run.StopAsync(StopPolicy.AtOnce with { SignalGrace = TimeSpan.FromMilliseconds(20) });
        await WaitFor(() => Volatile.Read(ref kills) == 1);
        Assert.False(stop.IsCompleted);

        // Decided: what the worker says now does not count.
        Complete(run);
        dispatcher.Close(WorkerEnding.Killed, new WorkerExit(null, 9, "Killed."));
        foreach (var receipt in new[] { await stop, await other })
        {
            Assert.Equal((ReceiptStatus.Killed, InterruptRung.Kill, false), (receipt.Status, receipt.Rung, receipt.StatePreserved));
        }

        Assert.Equal(RunOutcome.Killed, (await run.Completion).Outcome);
        Assert.Equal(RunOutcome.WorkerLost, (await queued.Completion).Outcome);
    }

    [Fact]
    public async Task Stop_is_not_settled_by_a_handler_while_the_code_goes_on()
    {
        var run = Queue();
        Start(run);
        var stop = run.StopAsync(new StopPolicy { SignalGrace = Timeout.InfiniteTimeSpan });
        var word = Take(run);
        dispatcher.Receive(new InterruptHandledMessage(run.Number, word.Bits, HandledBy.Handler, MonotonicClock.Nanos));
        Assert.False(stop.IsCompleted);
        Complete(run);
        Assert.Equal(ReceiptStatus.Handled, (await stop).Status);
    }

    [Fact]
    public async Task When_the_worker_is_lost_everybody_is_told_how_to_go_on()
    {
        var run = Queue();
        var queued = Queue();
        var reset = dispatcher.ResetAsync(null, CancellationToken.None);
        Start(run);
        var request = run.InterruptAsync();
        dispatcher.Close(WorkerEnding.Lost, Exit);
        foreach (var lost in new[] { run, queued, Queue() })
        {
            var result = await lost.Completion;
            Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
            Assert.Contains("code 42", result.Error!.Message, StringComparison.Ordinal);
            Assert.Contains("start a new Worker", result.Error!.Message, StringComparison.Ordinal);
        }

        Assert.Equal((ReceiptStatus.WorkerLost, false), ((await request).Status, (await request).StatePreserved));
        await Assert.ThrowsAsync<WorkerLostException>(() => reset);
        await Assert.ThrowsAsync<WorkerLostException>(() => dispatcher.SetInterruptBufferAsync(null));
        Assert.Equal(ReceiptStatus.TooLate, (await run.InterruptAsync()).Status);
    }

    [Fact]
    public async Task Retired_it_takes_no_run_and_queued_ones_never_start()
    {
        var run = Queue();
        var queued = Queue();
        Start(run);
        dispatcher.Retire();
        Assert.Equal((RunOutcome.Interrupted, (InterruptReason?)InterruptReason.Shutdown), ((await queued.Completion).Outcome, (await queued.Completion).Reason));
        Assert.Throws<ObjectDisposedException>(() => Queue());
        Assert.False(run.Completion.IsCompleted);
        Complete(run);
        Assert.Equal(RunOutcome.Succeeded, (await run.Completion).Outcome);
    }

    [Fact]
    public async Task Code_that_does_not_fit_in_a_frame_fails_its_run_only()
    {
        var run = Queue();
        var next = Queue();
        dispatcher.OnRefused(outbox.Take<RunCodeMessage>(), new ProtocolException("The message is too large."));
        var result = await run.Completion;
        Assert.Equal((RunOutcome.Failed, "The message is too large."), (result.Outcome, result.Error!.Message));
        Assert.Equal(next.Number, outbox.Take<RunCodeMessage>().Run);
    }

    [Fact]
    public async Task Events_can_be_enumerated_once()
    {
        var run = Queue();
        Start(run);
        Complete(run);
        await ReadAll(run);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAll(run));
    }

    [Fact]
    public async Task Input_is_answered_once()
    {
        var run = Queue();
        var other = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        dispatcher.Receive(new InputRequestMessage(run.Number, 5, "name? ", false));
        await using var reader = run.Events.GetAsyncEnumerator();
        InputRequestEvent? request = null;
        while (request is null && await reader.MoveNextAsync())
        {
            request = reader.Current as InputRequestEvent;
        }

        Assert.Throws<ArgumentException>(() => other.ReplyToInput(request!, "x"));
        Assert.True(run.ReplyToInput(request!, "Ada"));
        Assert.False(run.ReplyToInput(request!, "Ada"));
        Assert.Equal(new InputReplyMessage(run.Number, 5, "Ada"), outbox.Take<InputReplyMessage>());
    }

    private static async Task<List<RunEvent>> ReadAll(Run run)
    {
        var events = new List<RunEvent>();
        await foreach (var item in run.Events)
        {
            events.Add(item);
        }

        return events;
    }

    private static async Task WaitFor(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }

    private Run Queue(string code = "", RunOptions? options = null) => dispatcher.Run("fake", code, options ?? new RunOptions());

    private void Start(Run run) => dispatcher.Receive(new RunStartedMessage(run.Number, MonotonicClock.Nanos));

    private void Output(Run run, string text) => dispatcher.Receive(new OutputMessage(run.Number, OutputStream.Stdout, text));

    private InterruptWord Take(Run run)
    {
        IInterruptTarget target = buffer;
        var word = target.ReadWord();
        Assert.Equal(word, target.CompareExchangeWord(default, word));
        dispatcher.Receive(new InterruptTakenMessage(run.Number, word.Bits, MonotonicClock.Nanos));
        return word;
    }

    private void Complete(Run run, RunOutcome outcome = RunOutcome.Succeeded)
    {
        var now = MonotonicClock.Nanos;
        dispatcher.Receive(new RunCompletedMessage(run.Number, outcome, default, null, null, null, now, now));
    }
}
