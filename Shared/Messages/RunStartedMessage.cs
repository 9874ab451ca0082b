using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the run has begun, before its code is compiled.</summary>
/// <param name="Run">The run.</param>
/// <param name="AtNanos">CLOCK_MONOTONIC.</param>
internal sealed record RunStartedMessage(uint Run, long AtNanos) : IMessage<RunStartedMessage>
{
    public static MessageType Type => MessageType.RunStarted;

    public static int FieldCount => 2;

    public static RunStartedMessage Read(ref FieldReader fields) => new(fields.Run(), fields.NotNegative("atNanos"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write(AtNanos);
    }
}
