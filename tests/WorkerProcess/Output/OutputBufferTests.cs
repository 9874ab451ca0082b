using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.Tests.WorkerProcess.Output;

public sealed class OutputBufferTests
{
    private readonly OutputBuffer buffer = new();

    [Fact]
    public void Text_of_one_run_and_stream_is_joined()
    {
        buffer.Open(1);
        buffer.Append(1, OutputStream.Stdout, "a");
        buffer.Append(1, OutputStream.Stdout, "b");
        buffer.Append(1, OutputStream.Stderr, "c");
        buffer.Append(1, OutputStream.Stdout, "d");
        Assert.Equal(["ab", "c", "d"], Take().Select(piece => piece.Text));
    }

    [Fact]
    public void What_a_run_writes_after_its_end_carries_no_run()
    {
        buffer.Open(1);
        buffer.Append(1, OutputStream.Stdout, "in time");
        buffer.Close();
        buffer.Append(1, OutputStream.Stdout, "late");
        buffer.Open(2);
        buffer.Append(1, OutputStream.Stdout, "later");
        buffer.Append(2, OutputStream.Stdout, "next");
        Assert.Equal([(1u, "in time"), (0u, "latelater"), (2u, "next")], Take().Select(piece => (piece.Run, piece.Text)));
    }

    [Fact]
    public void It_takes_no_more_than_its_bound_and_says_how_much()
    {
        buffer.Open(1);
        var text = new string('x', OutputBuffer.MaxChars);
        Assert.Equal(OutputBuffer.MaxChars, buffer.Append(1, OutputStream.Stdout, text));
        Assert.False(buffer.HasSpace);
        Assert.Equal(0, buffer.Append(1, OutputStream.Stdout, "y"));
        var pieces = Take();
        Assert.Equal(OutputBuffer.MaxChars, pieces.Sum(piece => piece.Text.Length));
        Assert.All(pieces, piece => Assert.True(System.Text.Encoding.UTF8.GetMaxByteCount(piece.Text.Length) <= ProtocolConstants.MaxOutputPieceBytes + 3));
        Assert.True(buffer.HasSpace);
    }

    [Fact]
    public void A_frame_keeps_its_place_among_the_text()
    {
        buffer.Open(1);
        buffer.Append(1, OutputStream.Stdout, "before");
        Assert.True(buffer.TryAppend(1, 10, run => new ProgressMessage(run, 0.5, null)));
        buffer.Append(1, OutputStream.Stdout, "after");
        var frames = new List<IMessage>();
        while (buffer.TryTake(out var frame))
        {
            frames.Add(frame);
        }

        Assert.Equal([typeof(OutputMessage), typeof(ProgressMessage), typeof(OutputMessage)], frames.Select(frame => frame.GetType()));
    }

    private List<OutputMessage> Take()
    {
        var pieces = new List<OutputMessage>();
        while (buffer.TryTake(out var message))
        {
            pieces.Add(Assert.IsType<OutputMessage>(message));
        }

        return pieces;
    }
}
