using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: end; a run in progress is interrupted with reason Shutdown.</summary>
internal sealed record ShutdownMessage() : IMessage<ShutdownMessage>
{
    public static MessageType Type => MessageType.Shutdown;

    public static int FieldCount => 0;

    public static ShutdownMessage Read(ref FieldReader fields) => new();

    public void WriteFields(ref MessagePackWriter writer)
    {
        // The type says it all.
    }
}
