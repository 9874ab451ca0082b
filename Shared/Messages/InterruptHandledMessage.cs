using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the code dealt with an interrupt and goes on.</summary>
/// <param name="Run">The run.</param>
/// <param name="Word">The word as it was taken.</param>
/// <param name="By">What dealt with it.</param>
/// <param name="AtNanos">CLOCK_MONOTONIC.</param>
internal sealed record InterruptHandledMessage(uint Run, ulong Word, HandledBy By, long AtNanos) : IMessage<InterruptHandledMessage>
{
    public static MessageType Type => MessageType.InterruptHandled;

    public static int FieldCount => 4;

    public static InterruptHandledMessage Read(ref FieldReader fields) => new(
        fields.Run(),
        fields.UInt64("word"),
        (HandledBy)fields.Int32("by", (int)HandledBy.Handler, (int)HandledBy.Ignored),
        fields.NotNegative("atNanos"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write(Word);
        writer.Write((int)By);
        writer.Write(AtNanos);
    }
}
