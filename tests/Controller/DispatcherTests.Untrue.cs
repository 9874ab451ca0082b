using ProcInterrupt.Messages;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <content>Frames that cannot be true.</content>
public sealed partial class DispatcherTests
{
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
}
