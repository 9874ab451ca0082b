using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: something to show.</summary>
/// <param name="Run">0 when its run is over.</param>
/// <param name="Data">By MIME type; binary types in base64.</param>
internal sealed record DisplayMessage(uint Run, IReadOnlyDictionary<string, string> Data) : IMessage<DisplayMessage>
{
    public static MessageType Type => MessageType.Display;

    public static int FieldCount => 2;

    public static DisplayMessage Read(ref FieldReader fields) => new(fields.UInt32("run"), MimeBundle.Read(ref fields, "data"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        MimeBundle.Write(ref writer, Data);
    }
}
