using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: can this code be run as it is?</summary>
/// <param name="Request">Echoed in IsCompleteAnswer.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Code">What was typed so far.</param>
internal sealed record IsCompleteMessage(long Request, string Engine, string Code) : IMessage<IsCompleteMessage>
{
    public static MessageType Type => MessageType.IsComplete;

    public static int FieldCount => 3;

    public static IsCompleteMessage Read(ref FieldReader fields) =>
        new(fields.Int64("request"), fields.String("engine"), fields.String("code"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Request);
        writer.Write(Engine);
        writer.Write(Code);
    }
}
