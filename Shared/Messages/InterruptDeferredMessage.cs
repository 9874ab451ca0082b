using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: a request stands in the word, and a shield of the run holds it off for now.</summary>
/// <param name="Run">The run.</param>
/// <param name="Word">The word as it stands.</param>
/// <param name="AtNanos">When that was found, CLOCK_MONOTONIC.</param>
internal sealed record InterruptDeferredMessage(uint Run, ulong Word, long AtNanos) : IMessage<InterruptDeferredMessage>
{
    public static MessageType Type => MessageType.InterruptDeferred;

    public static int FieldCount => 3;

    public static InterruptDeferredMessage Read(ref FieldReader fields) => new(
        fields.Run(),
        fields.UInt64("word"),
        fields.NotNegative("atNanos"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write(Word);
        writer.Write(AtNanos);
    }
}
