using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the code reads its standard input.</summary>
/// <param name="Run">The run.</param>
/// <param name="Request">Counts within the worker.</param>
/// <param name="Prompt">May be empty.</param>
/// <param name="Password">Do not show what is typed.</param>
internal sealed record InputRequestMessage(uint Run, uint Request, string Prompt, bool Password) : IMessage<InputRequestMessage>
{
    public static MessageType Type => MessageType.InputRequest;

    public static int FieldCount => 4;

    public static InputRequestMessage Read(ref FieldReader fields) => new(
        fields.Run(),
        fields.UInt32("request"),
        fields.String("prompt"),
        fields.Boolean("password"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write(Request);
        writer.Write(Prompt);
        writer.Write(Password);
    }
}
