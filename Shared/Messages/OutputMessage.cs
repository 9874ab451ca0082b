using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: a piece of output, up to 64 KB.</summary>
/// <param name="Run">0 when its run is over.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="Text">The text; lone surrogates replaced.</param>
internal sealed record OutputMessage(uint Run, OutputStream Stream, string Text) : IMessage<OutputMessage>
{
    public static MessageType Type => MessageType.Output;

    public static int FieldCount => 3;

    public static OutputMessage Read(ref FieldReader fields) => new(
        fields.UInt32("run"),
        (OutputStream)fields.Int32("stream", (int)OutputStream.Stdout, (int)OutputStream.Stderr),
        fields.String("text"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write((int)Stream);
        writer.Write(Text);
    }
}
