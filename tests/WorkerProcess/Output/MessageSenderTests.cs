using ProcInterrupt.Messages;
using ProcInterrupt.Transport;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.Tests.WorkerProcess.Output;

public sealed class MessageSenderTests
{
    [Fact]
    public void Nothing_that_is_posted_later_overtakes_a_question()
    {
        var output = new OutputBuffer();
        MessageSender? sender = null;
        var written = new List<string>();
        var writer = new CallbackWriter(message =>
        {
            written.Add(message.GetType().Name);
            if (message is not (InputRequestMessage or RunCompletedMessage) && sender is { } posting)
            {
                // While the output before the question is written, its run ends.
                sender = null;
                posting.Post(new RunCompletedMessage(1, RunOutcome.Interrupted, InterruptReason.User, null, null, null, 0, 0));
            }
        });
        sender = new MessageSender(writer, output);
        output.Open(1);
        output.Append(1, OutputStream.Stdout, "name?");
        sender.Post(new InputRequestMessage(1, 1, "", Password: false));
        sender.SendPosted();
        Assert.Equal([nameof(InputRequestMessage), nameof(RunCompletedMessage)], written[^2..]);
        Assert.Equal(3, written.Count);
    }

    private sealed class CallbackWriter(Action<IMessage> write) : IMessageWriter
    {
        public void Write(IMessage message) => write(message);
    }
}
