using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the new buffer is polled from now on, or why not.</summary>
/// <param name="Request">From SetInterruptBuffer.</param>
/// <param name="Error">null when done; the old buffer stays otherwise.</param>
internal sealed record InterruptBufferSetMessage(long Request, string? Error) : IMessage<InterruptBufferSetMessage>
{
    public static MessageType Type => MessageType.InterruptBufferSet;

    public static int FieldCount => 2;

    public static InterruptBufferSetMessage Read(ref FieldReader fields) => new(fields.Int64("request"), fields.OptionalString("error"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Request);
        writer.Write(Error);
    }
}
