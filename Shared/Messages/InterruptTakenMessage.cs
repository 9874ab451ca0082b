using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: a word was taken off the map for a run.</summary>
/// <param name="Run">The run that took it.</param>
/// <param name="Word">The word as it was taken, without the trip byte.</param>
/// <param name="AtNanos">CLOCK_MONOTONIC.</param>
internal sealed record InterruptTakenMessage(uint Run, ulong Word, long AtNanos) : IMessage<InterruptTakenMessage>
{
    public static MessageType Type => MessageType.InterruptTaken;

    public static int FieldCount => 3;

    public static InterruptTakenMessage Read(ref FieldReader fields) => new(
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
