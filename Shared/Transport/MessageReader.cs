using System.Buffers;
using System.Buffers.Binary;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Transport;

/// <summary>Reads frames: a length in 32 bits, little-endian, then as many bytes of message.</summary>
/// <remarks>
/// Takes what the stream has in one read, often more frames than one. The buffer grows as bytes arrive, never because a length
/// was claimed, and what a large frame took is given up after it. Does not own the stream.
/// </remarks>
internal sealed class MessageReader : IMessageReader
{
    /// <summary>Kept between frames: room for the largest piece of output, and below what counts as a large object.</summary>
    private const int RetainedBytes = 80 * 1024;

    private readonly Stream stream;
    private readonly int maxFrameBytes;
    private byte[] buffer = new byte[RetainedBytes];
    private int start;
    private int end;

    /// <summary>Creates the reader.</summary>
    /// <param name="stream">Where from; its reads block.</param>
    /// <param name="maxFrameBytes">The largest body of a frame, in bytes, 1 to 1 GiB; the default is <see cref="ProtocolConstants.DefaultMaxFrameBytes"/>.</param>
    public MessageReader(Stream stream, int maxFrameBytes = ProtocolConstants.DefaultMaxFrameBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxFrameBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxFrameBytes, FrameBuffer.MaxBodyBytes);
        this.stream = stream;
        this.maxFrameBytes = maxFrameBytes;
    }

    /// <summary>For tests: what is held at present.</summary>
    internal int BufferBytes => buffer.Length;

    /// <inheritdoc/>
    public IMessage? Read()
    {
        if (!Fill(FrameBuffer.PrefixBytes))
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(start));
        if (length == 0)
        {
            throw new ProtocolException("A frame of 0 bytes holds no message.");
        }

        if (length > (uint)maxFrameBytes)
        {
            throw new ProtocolException($"A frame of {length} bytes is larger than the {maxFrameBytes} that it may have.");
        }

        Fill(FrameBuffer.PrefixBytes + (int)length);
        var body = new ReadOnlySequence<byte>(buffer, start + FrameBuffer.PrefixBytes, (int)length);
        start += FrameBuffer.PrefixBytes + (int)length;
        IMessage message = MessageCodec.Decode(body);
        if (start == end)
        {
            start = end = 0;
            if (buffer.Length > RetainedBytes)
            {
                buffer = new byte[RetainedBytes];
            }
        }

        return message;
    }

    /// <summary>Reads until so many bytes of the frame are there.</summary>
    /// <returns>False when the stream ended before the frame's first byte.</returns>
    private bool Fill(int wanted)
    {
        while (end - start < wanted)
        {
            MakeRoom(wanted);
            int read = Receive(out IOException? broken);
            if (read > 0)
            {
                end += read;
            }
            else if (start == end)
            {
                return false;
            }
            else
            {
                throw new ProtocolException($"The pipe ended after {end - start} bytes of a frame of {Expected(wanted)}.", broken);
            }
        }

        return true;
    }

    private int Receive(out IOException? broken)
    {
        try
        {
            broken = null;
            return stream.Read(buffer, end, buffer.Length - end);
        }
        catch (IOException e)
        {
            // Killed with something unread in its end of the pipe, the other side resets the connection; otherwise the kernel
            // just ends it. To the caller it is the same: gone.
            broken = e;
            return 0;
        }
    }

    private void MakeRoom(int wanted)
    {
        if (start > 0 && start + wanted > buffer.Length)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            // Never beyond the frame, so that nothing is left in a large buffer once the frame is out of it.
            Array.Resize(ref buffer, (int)Math.Min(wanted, buffer.Length * 2L));
        }
    }

    private static string Expected(int wanted)
        => wanted == FrameBuffer.PrefixBytes ? "at least 5" : $"{wanted}";
}
