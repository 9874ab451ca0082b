using MessagePack;
using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>An Output frame on its way out, its text in UTF-8 already.</summary>
internal sealed class OutputPiece(uint run, OutputStream stream, byte[] buffer, int start, int length) : IMessage
{
    public uint Run => run;

    public OutputStream Stream => stream;

    public int Length => length;

    /// <summary>What the text lies in, for reuse once the frame and the text behind it are written.</summary>
    public byte[] Buffer => buffer;

    public ReadOnlySpan<byte> Text => buffer.AsSpan(start, length);

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1 + OutputMessage.FieldCount);
        writer.Write((int)OutputMessage.Type);
        writer.Write(run);
        writer.Write((int)stream);
        writer.WriteString(Text);
    }
}
