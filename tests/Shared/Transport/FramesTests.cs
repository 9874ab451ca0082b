using System.Buffers.Binary;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;
using Xunit;

namespace ProcInterrupt.Tests.Shared.Transport;

public sealed class FramesTests
{
    [Fact]
    public void What_is_written_is_read_in_order_and_then_comes_the_end()
    {
        using var pipe = new MemoryStream();
        var writer = new MessageWriter(pipe);
        IMessage[] sent =
        [
            new RunCodeMessage(1, "csharp", "1 + 1", null, 5),
            new ShutdownMessage(),
            new OutputMessage(0, OutputStream.Stderr, new string('é', 70_000)),
            new InterruptTakenMessage(uint.MaxValue, ulong.MaxValue, long.MaxValue),
        ];
        foreach (IMessage message in sent)
        {
            writer.Write(message);
        }

        pipe.Position = 0;
        var reader = new MessageReader(pipe);
        Assert.All(sent, message => Assert.Equal(message, reader.Read()));
        Assert.Null(reader.Read());
        Assert.Null(reader.Read());
    }
}
