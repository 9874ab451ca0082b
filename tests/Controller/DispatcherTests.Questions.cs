using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <content>What is asked of the worker between runs.</content>
public sealed partial class DispatcherTests
{
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
}
