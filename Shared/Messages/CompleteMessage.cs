using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: what can stand at this place?</summary>
/// <param name="Request">Echoed in CompleteAnswer.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Code">What was typed.</param>
/// <param name="Position">The place, in UTF-16 units; within the code.</param>
internal sealed record CompleteMessage(long Request, string Engine, string Code, int Position) : IMessage<CompleteMessage>
{
    public static MessageType Type => MessageType.Complete;

    public static int FieldCount => 4;

    public static CompleteMessage Read(ref FieldReader fields)
    {
        long request = fields.Int64("request");
        string engine = fields.String("engine");
        string code = fields.String("code");
        return new(request, engine, code, fields.Int32("position", 0, code.Length));
    }

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Request);
        writer.Write(Engine);
        writer.Write(Code);
        writer.Write(Position);
    }
}
