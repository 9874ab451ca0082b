using System.Buffers;

namespace ProcInterrupt.Transport;

/// <summary>Where one frame is put together: room for its length, then what the encoder writes.</summary>
/// <remarks>
/// The room is reused from frame to frame; what a large frame took is given up after it. Not for concurrent use.
/// </remarks>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    /// <summary>The bytes of a frame's length, little-endian, before its body.</summary>
    public const int PrefixBytes = sizeof(uint);

    /// <summary>The largest limit that can be set: 1 GiB, so that a frame with its length fits in an array.</summary>
    public const int MaxBodyBytes = 1 << 30;

    /// <summary>Kept between frames: enough for the largest piece of output (64 KiB, for which the encoder asks threefold).</summary>
    private const int RetainedBytes = 256 * 1024;

    private const int InitialBytes = 4 * 1024;

    private readonly int maxBodyBytes;
    private byte[] bytes = new byte[InitialBytes];
    private int end = PrefixBytes;

    /// <summary>Creates the buffer.</summary>
    /// <param name="maxBodyBytes">The largest body, in bytes.</param>
    public FrameBuffer(int maxBodyBytes) => this.maxBodyBytes = maxBodyBytes;

    public int BodyBytes => end - PrefixBytes;

    /// <summary>The whole frame; its first bytes are for the length.</summary>
    public Span<byte> Frame => bytes.AsSpan(0, end);

    /// <summary>Forgets the frame.</summary>
    public void Reset()
    {
        end = PrefixBytes;
        if (bytes.Length > RetainedBytes)
        {
            bytes = new byte[InitialBytes];
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ProtocolException">The body would be larger than allowed.</exception>
    public void Advance(int count)
    {
        end += count;
        if (BodyBytes > maxBodyBytes)
        {
            throw TooLarge();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ProtocolException">The body would be larger than allowed.</exception>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsSpan(end);
    }

    /// <inheritdoc/>
    /// <exception cref="ProtocolException">The body would be larger than allowed.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(end);
    }

    private void Reserve(int sizeHint)
    {
        // Encoders ask for the worst case of a text, three bytes a character and a header; so only what exceeds that is too large for sure.
        long needed = end + (long)Math.Max(sizeHint, 1);
        if (needed > ((maxBodyBytes + 1L) * 3) + InitialBytes)
        {
            throw TooLarge();
        }

        if (needed > bytes.Length)
        {
            Array.Resize(ref bytes, (int)Math.Min(Math.Max(needed, bytes.Length * 2L), Array.MaxLength));
        }
    }

    private ProtocolException TooLarge() => new($"The message is larger than the {maxBodyBytes} bytes that a frame may have.");
}
