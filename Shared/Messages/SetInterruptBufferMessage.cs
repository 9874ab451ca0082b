using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: map another interrupt buffer over the old one, or none.</summary>
/// <param name="Request">Echoed in InterruptBufferSet.</param>
/// <param name="Path">A path that opens as the map, such as /proc/PID/fd/N; null for no buffer.</param>
internal sealed record SetInterruptBufferMessage(long Request, string? Path) : IMessage<SetInterruptBufferMessage>
{
    public static MessageType Type => MessageType.SetInterruptBuffer;

    public static int FieldCount => 2;

    public static SetInterruptBufferMessage Read(ref FieldReader fields) => new(fields.Int64("request"), fields.OptionalString("path"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Request);
        writer.Write(Path);
    }
}
