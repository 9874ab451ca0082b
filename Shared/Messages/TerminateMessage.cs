using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: send what was printed and end, because a run does not stop; nothing if that run has ended.</summary>
/// <param name="Run">The run.</param>
internal sealed record TerminateMessage(uint Run) : IMessage<TerminateMessage>
{
    public static MessageType Type => MessageType.Terminate;

    public static int FieldCount => 1;

    public static TerminateMessage Read(ref FieldReader fields) => new(fields.Run());

    public void WriteFields(ref MessagePackWriter writer) => writer.Write(Run);
}
