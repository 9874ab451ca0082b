using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: forget an engine's session.</summary>
/// <param name="Request">Echoed in ResetDone.</param>
/// <param name="Engine">null for all engines.</param>
internal sealed record ResetMessage(long Request, string? Engine) : IMessage<ResetMessage>
{
    public static MessageType Type => MessageType.Reset;

    public static int FieldCount => 2;

    public static ResetMessage Read(ref FieldReader fields) => new(fields.Int64("request"), fields.OptionalString("engine"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Request);
        writer.Write(Engine);
    }
}
