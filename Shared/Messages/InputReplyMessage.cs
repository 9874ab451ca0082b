using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: what was typed.</summary>
/// <param name="Run">The run that asked.</param>
/// <param name="Request">The number of the InputRequest.</param>
/// <param name="Text">A line without its end; null at the end of input.</param>
internal sealed record InputReplyMessage(uint Run, uint Request, string? Text) : IMessage<InputReplyMessage>
{
    public static MessageType Type => MessageType.InputReply;

    public static int FieldCount => 3;

    public static InputReplyMessage Read(ref FieldReader fields) => new(
        fields.Run(),
        fields.UInt32("request"),
        fields.OptionalString("text"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write(Request);
        writer.Write(Text);
    }
}
