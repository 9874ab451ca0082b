using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the session was reset, or why not.</summary>
/// <param name="Request">From Reset.</param>
/// <param name="Error">null when done.</param>
internal sealed record ResetDoneMessage(long Request, string? Error) : IMessage<ResetDoneMessage>
{
    public static MessageType Type => MessageType.ResetDone;

    public static int FieldCount => 2;

    public static ResetDoneMessage Read(ref FieldReader fields) => new(fields.Int64("request"), fields.OptionalString("error"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Request);
        writer.Write(Error);
    }
}
