using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: that much more output may be sent.</summary>
/// <param name="Bytes">Bytes of UTF-8, added to the credit left.</param>
internal sealed record OutputCreditMessage(long Bytes) : IMessage<OutputCreditMessage>
{
    public static MessageType Type => MessageType.OutputCredit;

    public static int FieldCount => 1;

    public static OutputCreditMessage Read(ref FieldReader fields) => new(fields.NotNegative("bytes"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Bytes);
    }
}
