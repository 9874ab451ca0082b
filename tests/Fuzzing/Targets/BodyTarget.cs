using System.Buffers;
using ProcInterrupt.Messages;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Tests.Fuzzing.Targets;

/// <summary>The body of one frame, in one piece or cut in two.</summary>
internal sealed class BodyTarget : IFuzzTarget
{
    public string Name => "message";

    public int Share => 500;

    // Text takes two bytes a byte and a small map far more than its bytes; the rest is the exception.
    public long AllowedBytes(int length) => (256 * 1024) + (16L * length);

    public byte[] Valid(Random random) => RandomMessages.Body(random);

    public string Feed(byte[] input)
    {
        try
        {
            var body = input.Length % 3 == 0 && input.Length > 1 ? Cut(input, input.Length / 2) : new ReadOnlySequence<byte>(input);
            return MessageCodec.Decode(body).GetType().Name;
        }
        catch (ProtocolException refused)
        {
            return refused.Message;
        }
    }

    private static ReadOnlySequence<byte> Cut(byte[] input, int at)
    {
        var first = new Piece(input.AsMemory(0, at), null);
        var last = new Piece(input.AsMemory(at), first);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
