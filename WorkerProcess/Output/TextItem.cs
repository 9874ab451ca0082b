using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>Text of one run and stream, in UTF-8, to which more may be added.</summary>
/// <param name="start">Its place.</param>
/// <param name="run">The number that it carries.</param>
/// <param name="stream">Where it was written.</param>
/// <param name="buffer">Where it is kept at first.</param>
internal sealed class TextItem(long start, uint run, OutputStream stream, byte[] buffer) : OutputItem(start)
{
    /// <summary>The largest piece: as a string of 16-bit characters it stays below what the receiver's runtime treats as a large object.</summary>
    public const int MaxBytes = 32 * 1024;

    /// <summary>The longest character.</summary>
    public const int MaxCharacterBytes = 4;

    private byte[] buffer = buffer;
    private int taken;
    private int length;

    public uint Run => run;

    public OutputStream Stream => stream;

    public override long End => Start + length - taken;

    /// <summary>Whether a character may not fit any more.</summary>
    public bool IsFull => length > MaxBytes - MaxCharacterBytes;

    /// <summary>Room behind the text: as much as was asked for, or up to the largest piece.</summary>
    public Span<byte> Reserve(int wanted)
    {
        var needed = (int)Math.Min(MaxBytes, length + (long)Math.Max(wanted, MaxCharacterBytes));
        if (needed > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Min(MaxBytes, Math.Max(buffer.Length * 2, needed)));
        }

        return buffer.AsSpan(length);
    }

    /// <summary>So much of the room was filled, with whole characters.</summary>
    public void Advance(int bytes) => length += bytes;

    public bool Uses(byte[] memory) => ReferenceEquals(memory, buffer);

    public override (IMessage Message, bool Empty) Take(long limit)
    {
        var count = (int)Math.Min(limit - Start, length - taken);
        var piece = new OutputPiece(run, stream, buffer, taken, count);
        taken += count;
        Start += count;
        return (piece, taken == length);
    }
}
