using System.Buffers.Binary;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Transport;

/// <summary>Writes each message as a frame: its length in 32 bits, little-endian, then its encoding.</summary>
/// <remarks>One write to the stream a frame. Does not own the stream.</remarks>
internal sealed class MessageWriter : IMessageWriter
{
    private readonly Stream stream;
    private readonly FrameBuffer buffer;

    /// <summary>Creates the writer.</summary>
    /// <param name="stream">Where to; its writes block.</param>
    /// <param name="maxFrameBytes">The largest body of a frame, in bytes, 1 to 1 GiB; the default is <see cref="ProtocolConstants.DefaultMaxFrameBytes"/>.</param>
    public MessageWriter(Stream stream, int maxFrameBytes = ProtocolConstants.DefaultMaxFrameBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxFrameBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxFrameBytes, FrameBuffer.MaxBodyBytes);
        this.stream = stream;
        buffer = new FrameBuffer(maxFrameBytes);
    }

    /// <inheritdoc/>
    /// <remarks>After a <see cref="ProtocolException"/> nothing has been written, and the next message can be.</remarks>
    public void Write(IMessage message)
    {
        try
        {
            MessageCodec.Encode(message, buffer);
            Span<byte> frame = buffer.Frame;
            BinaryPrimitives.WriteInt32LittleEndian(frame, buffer.BodyBytes);
            stream.Write(frame);
            stream.Flush();
        }
        catch (ArgumentException e)
        {
            // Text of more bytes than an array can have is refused by the encoder before the buffer's limit is asked.
            throw new ProtocolException($"The message cannot be encoded. {e.Message}", e);
        }
        finally
        {
            buffer.Reset();
        }
    }
}
