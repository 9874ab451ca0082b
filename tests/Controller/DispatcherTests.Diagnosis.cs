using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using ProcInterrupt.Transport;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

public sealed partial class DispatcherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_diagnosis_is_asked_of_the_worker_only_for_a_run_that_is_in_it()
    {
        Assert.Equal(RunActivity.NotRunning, (await dispatcher.DiagnoseAsync(null, Patience, CancellationToken.None)).Activity);
        var run = Queue();
        var queued = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        Assert.Equal(RunActivity.NotRunning, (await queued.DiagnoseAsync()).Activity);
        Assert.Empty(outbox.Sent);
        var asked = run.DiagnoseAsync();
        var question = outbox.Take<DiagnoseMessage>();
        Assert.Equal(run.Number, question.Run);
        dispatcher.Receive(new DiagnosisAnswerMessage(question.Request, run.Number, RunActivity.Blocked, true, "call", "futex", 3, "there", "stack"));
        Assert.Equal(
            new RunDiagnosis { Run = run.Number, Activity = RunActivity.Blocked, IsInterruptible = true, Call = "call", Thread = "futex", Swallowed = 3, SwallowedAt = "there", Stack = "stack" },
            await asked);
    }

    [Fact]
    public async Task An_answer_that_was_not_asked_for_or_comes_twice_ends_the_connection()
    {
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        Assert.Throws<ProtocolException>(() => dispatcher.Receive(Polls(77)));
        var asked = run.DiagnoseAsync();
        var question = outbox.Take<DiagnoseMessage>();
        dispatcher.Receive(Polls(question.Request));
        await asked;
        Assert.Throws<ProtocolException>(() => dispatcher.Receive(Polls(question.Request)));
    }

    [Fact]
    public async Task Of_a_worker_that_does_not_answer_that_is_said_and_no_more_than_some_questions_are_kept()
    {
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        for (var time = 0; time < 100; time++)
        {
            Assert.Equal(RunActivity.NoAnswer, (await dispatcher.DiagnoseAsync(null, TimeSpan.Zero, CancellationToken.None)).Activity);
        }

        Assert.Equal(16, outbox.Sent.Count);

        // Late answers are no lie.
        dispatcher.Receive(Polls(outbox.Take<DiagnoseMessage>().Request));
    }

    [Fact]
    public async Task A_question_ends_with_the_worker()
    {
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        var asked = run.DiagnoseAsync();
        dispatcher.Close(WorkerEnding.Lost, Exit);
        Assert.Equal(RunActivity.NotRunning, (await asked).Activity);
    }

    private static DiagnosisAnswerMessage Polls(long request) => new(request, 1, RunActivity.Polling, true, null, null, 0, null, null);
}
