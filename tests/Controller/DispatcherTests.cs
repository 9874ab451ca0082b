using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>The queue, results and flow control, and frames that cannot be true; without a process.</summary>
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
    public async Task A_reset_waits_for_its_turn_and_tells_what_was_wrong()
    {
        var run = Queue();
        var reset = dispatcher.ResetAsync("basic", CancellationToken.None);
        outbox.Take<RunCodeMessage>();
        Assert.Empty(outbox.Sent);
        Start(run);
        Complete(run);
        var sent = outbox.Take<ResetMessage>();
        Assert.Equal("basic", sent.Engine);
        dispatcher.Receive(new ResetDoneMessage(sent.Request, "no such engine"));
        Assert.Equal("no such engine", (await Assert.ThrowsAsync<InvalidOperationException>(() => reset)).Message);
    }

    [Fact]
    public async Task Questions_about_code_wait_for_their_turn_and_get_their_own_answer()
    {
        var run = Queue();
        var complete = dispatcher.CompleteAsync("csharp", "ab", 2, CancellationToken.None);
        var isComplete = dispatcher.IsCompleteAsync("csharp", "a +", CancellationToken.None);
        outbox.Take<RunCodeMessage>();
        Assert.Empty(outbox.Sent);
        Start(run);
        Complete(run);
        var first = outbox.Take<CompleteMessage>();
        Assert.Equal(("csharp", "ab", 2), (first.Engine, first.Code, first.Position));
        Assert.Empty(outbox.Sent);
        dispatcher.Receive(new CompleteAnswerMessage(first.Request, 0, 2, ["abc", "abd"], null));
        var found = await complete;
        Assert.Equal((0, 2), (found.Start, found.End));
        Assert.Equal(["abc", "abd"], found.Matches);
        var second = outbox.Take<IsCompleteMessage>();
        dispatcher.Receive(new IsCompleteAnswerMessage(second.Request, CodeStatus.Incomplete, "  ", true, null));
        Assert.Equal(new CodeCompleteness(CodeStatus.Incomplete, "  ", true), await isComplete);
        Queue();
        Assert.Single(outbox.Sent);
    }

    [Fact]
    public async Task A_question_that_the_worker_refuses_or_that_does_not_fit_fails_and_the_next_goes_on()
    {
        var refused = dispatcher.IsCompleteAsync("basic", "", CancellationToken.None);
        var large = dispatcher.CompleteAsync("csharp", "x", 0, CancellationToken.None);
        var last = dispatcher.IsCompleteAsync("csharp", "", CancellationToken.None);
        dispatcher.Receive(new IsCompleteAnswerMessage(outbox.Take<IsCompleteMessage>().Request, default, "", false, "no such engine"));
        dispatcher.OnRefused(outbox.Take<CompleteMessage>(), new ProtocolException("too large"));
        dispatcher.Receive(new IsCompleteAnswerMessage(outbox.Take<IsCompleteMessage>().Request, CodeStatus.Complete, "", false, null));
        Assert.Equal("no such engine", (await Assert.ThrowsAsync<InvalidOperationException>(() => refused)).Message);
        Assert.Equal("too large", (await Assert.ThrowsAsync<InvalidOperationException>(() => large)).Message);
        Assert.Equal(CodeStatus.Complete, (await last).Status);
    }

    [Fact]
    public async Task Questions_end_with_the_worker()
    {
        var inWorker = dispatcher.IsCompleteAsync("csharp", "", CancellationToken.None);
        var queued = dispatcher.CompleteAsync("csharp", "", 0, CancellationToken.None);
        dispatcher.Close(WorkerEnding.Lost, Exit);
        await Assert.ThrowsAsync<WorkerLostException>(() => inWorker);
        await Assert.ThrowsAsync<WorkerLostException>(() => queued);
        await Assert.ThrowsAsync<WorkerLostException>(() => dispatcher.IsCompleteAsync("csharp", "", CancellationToken.None));
    }

    [Fact]
    public async Task A_question_given_up_while_it_is_asked_keeps_its_turn_until_the_answer()
    {
        using var cancel = new CancellationTokenSource();
        var question = dispatcher.IsCompleteAsync("csharp", "", cancel.Token);
        var sent = outbox.Take<IsCompleteMessage>();
        var run = Queue();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => question);
        Assert.Empty(outbox.Sent);
        dispatcher.Receive(new IsCompleteAnswerMessage(sent.Request, CodeStatus.Complete, "", false, null));
        Assert.Equal(run.Number, outbox.Take<RunCodeMessage>().Run);
    }

    [Fact]
    public void An_answer_that_points_beyond_the_code_or_is_to_another_question_is_refused()
    {
        _ = dispatcher.CompleteAsync("csharp", "ab", 2, CancellationToken.None);
        var sent = outbox.Take<CompleteMessage>();
        Assert.Throws<ProtocolException>(() => dispatcher.Receive(new CompleteAnswerMessage(sent.Request, 0, 3, [], null)));
        Assert.Throws<ProtocolException>(() => dispatcher.Receive(new CompleteAnswerMessage(sent.Request + 1, 0, 2, [], null)));
        Assert.Throws<ProtocolException>(() => dispatcher.Receive(new IsCompleteAnswerMessage(sent.Request, CodeStatus.Complete, "", false, null)));
        Assert.Throws<ProtocolException>(() => dispatcher.Receive(new ResetDoneMessage(sent.Request, null)));
    }

    [Fact]
    public async Task A_cancelled_reset_leaves_the_queue()
    {
        var run = Queue();
        using var cancel = new CancellationTokenSource();
        var reset = dispatcher.ResetAsync(null, cancel.Token);
        var next = Queue();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reset);
        outbox.Take<RunCodeMessage>();
        Start(run);
        Complete(run);
        Assert.Equal(next.Number, outbox.Take<RunCodeMessage>().Run);
    }

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

    [Fact]
    public async Task Output_beyond_the_retention_is_dropped_and_counted()
    {
        var run = Queue();
        Start(run);
        var piece = new string('x', 10_000);
        for (var pieces = 0; pieces < 100; pieces++)
        {
            Output(run, piece);
        }

        Complete(run);
        var events = await ReadAll(run);
        var shown = events.OfType<OutputEvent>().Sum(item => item.Text.Length);
        Assert.InRange(shown, Retention / 2, Retention);
        Assert.Equal(1_000_000, shown + events.OfType<OutputDroppedEvent>().Sum(item => item.Bytes));
        Assert.InRange(outbox.Credit, 700_000, 1_000_000);
    }

    [Fact]
    public async Task Output_that_is_waited_for_gives_credit_only_when_it_is_read()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        var piece = new string('x', (64 * 1024) - OutputCost.FrameBytes);
        for (var pieces = 0; pieces < 16; pieces++)
        {
            Output(run, piece);
        }

        Assert.Equal(0, outbox.Credit);
        await using (var reader = run.Events.GetAsyncEnumerator())
        {
            for (var events = 0; events < 10; events++)
            {
                Assert.True(await reader.MoveNextAsync());
            }

            Assert.InRange(outbox.Credit, 5 * 64 * 1024, 9 * 64 * 1024);
        }

        // The reader has gone: what is left holds nobody up.
        Assert.InRange(outbox.Credit, 13 * 64 * 1024, 16 * 64 * 1024);
        Output(run, piece);
        Complete(run);
        Assert.InRange(outbox.Credit, 14 * 64 * 1024, 17 * 64 * 1024);
    }

    [Fact]
    public async Task Tiny_pieces_that_are_waited_for_cost_what_it_takes_to_keep_them()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        const int most = (int)(OutputFlow.InitialBytes / (1 + OutputCost.FrameBytes));
        for (var pieces = 0; pieces < most; pieces++)
        {
            Output(run, "x");
        }

        Complete(run);
        Assert.Equal(most * (1 + OutputCost.FrameBytes), outbox.Credit);
        Assert.Equal(most, (await ReadAll(run)).OfType<OutputEvent>().Count());
    }

    [Fact]
    public void Unread_output_of_a_run_that_is_over_does_not_hold_up_the_next()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        for (var pieces = 0; pieces < 16; pieces++)
        {
            Output(run, new string('x', (64 * 1024) - OutputCost.FrameBytes));
        }

        Complete(run);
        Assert.Equal(1024 * 1024, outbox.Credit);
    }

    [Fact]
    public void More_output_than_credit_ends_the_connection()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        var piece = new string('x', (64 * 1024) - OutputCost.FrameBytes);
        var sent = 0;
        var thrown = Assert.Throws<ProtocolException>(() =>
        {
            for (; sent < 1000; sent++)
            {
                Output(run, piece);
            }
        });
        Assert.Contains("credit", thrown.Message, StringComparison.Ordinal);

        // 1 MiB of credit, 2 MiB of a run's end, and the largest display.
        const int pieces = 16 + 32 + 256;
        Assert.InRange(sent, pieces - 1, pieces + 2);
    }

    [Fact]
    public async Task A_flood_without_credit_is_bounded()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        for (var events = 0; events < 100_000; events++)
        {
            dispatcher.Receive(new ProgressMessage(run.Number, 0.5, null));
            dispatcher.Receive(new DisplayMessage(run.Number, new Dictionary<string, string> { [new string('k', 1000)] = "" }));
            Output(run, "");
        }

        Complete(run);
        Assert.InRange((await ReadAll(run)).Count, 10, 2000);
    }

    [Fact]
    public async Task Background_output_keeps_the_newest()
    {
        for (var pieces = 0; pieces < 100; pieces++)
        {
            dispatcher.Receive(new OutputMessage(0, OutputStream.Stdout, $"{pieces:D3}{new string('x', 50_000)}"));
        }

        dispatcher.Close(WorkerEnding.Lost, Exit);
        var events = new List<RunEvent>();
        await foreach (var item in dispatcher.Background.ReadAsync())
        {
            Assert.Null(item.Run);
            events.Add(item);
        }

        Assert.IsType<OutputDroppedEvent>(events[0]);
        Assert.StartsWith("099", Assert.IsType<OutputEvent>(events[^1]).Text, StringComparison.Ordinal);
        Assert.InRange(events.Count, 15, 25);
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

    [Theory]
    [InlineData("started-again")]
    [InlineData("started-other")]
    [InlineData("started-queued")]
    [InlineData("output-other")]
    [InlineData("completed-other")]
    [InlineData("completed-twice")]
    [InlineData("taken-other")]
    [InlineData("taken-after-end")]
    [InlineData("taken-empty")]
    [InlineData("handled-other")]
    [InlineData("input-again")]
    [InlineData("input-many")]
    [InlineData("progress-other")]
    [InlineData("display-other")]
    [InlineData("reset-unasked")]
    [InlineData("buffer-unasked")]
    [InlineData("hello-again")]
    [InlineData("not-a-workers")]
    [InlineData("outcome-not-its-own")]
    public void Frames_that_cannot_be_true_end_the_connection(string what)
    {
        var run = Queue();
        var queued = Queue();
        Start(run);
        Action receive = what switch
        {
            "started-again" => () => Start(run),
            "started-other" => () => dispatcher.Receive(new RunStartedMessage(77, 0)),
            "started-queued" => () => Start(queued),
            "output-other" => () => dispatcher.Receive(new OutputMessage(queued.Number, OutputStream.Stdout, "x")),
            "completed-other" => () => Complete(queued),
            "completed-twice" => () =>
            {
                Complete(run);
                Complete(run);
            }
            ,
            "taken-other" => () => dispatcher.Receive(new InterruptTakenMessage(queued.Number, 2, 0)),
            "taken-after-end" => () =>
            {
                Complete(run);
                dispatcher.Receive(new InterruptTakenMessage(run.Number, 2, 0));
            }
            ,
            "taken-empty" => () => dispatcher.Receive(new InterruptTakenMessage(run.Number, 0, 0)),
            "handled-other" => () => dispatcher.Receive(new InterruptHandledMessage(77, 2, HandledBy.Catch, 0)),
            "input-again" => () =>
            {
                dispatcher.Receive(new InputRequestMessage(run.Number, 1, "", false));
                dispatcher.Receive(new InputRequestMessage(run.Number, 1, "", false));
            }
            ,
            "input-many" => () =>
            {
                for (uint request = 0; request < 1000; request++)
                {
                    dispatcher.Receive(new InputRequestMessage(run.Number, request, "", false));
                }
            }
            ,
            "progress-other" => () => dispatcher.Receive(new ProgressMessage(77, 0, null)),
            "display-other" => () => dispatcher.Receive(new DisplayMessage(77, new Dictionary<string, string>())),
            "reset-unasked" => () => dispatcher.Receive(new ResetDoneMessage(1, null)),
            "buffer-unasked" => () => dispatcher.Receive(new InterruptBufferSetMessage(1, null)),
            "hello-again" => () => dispatcher.Receive(new HelloMessage(1, 1, "", "", [], null)),
            "not-a-workers" => () => dispatcher.Receive(new ShutdownMessage()),
            _ => () => Complete(run, RunOutcome.Killed),
        };
        Assert.Throws<ProtocolException>(receive);
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
