using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: for the log.</summary>
/// <param name="Level">As Microsoft.Extensions.Logging.LogLevel.</param>
/// <param name="Category">Which part of the worker.</param>
/// <param name="Message">What happened.</param>
internal sealed record LogMessage(int Level, string Category, string Message) : IMessage<LogMessage>
{
    /// <summary>Microsoft.Extensions.Logging.LogLevel.Error.</summary>
    public const int ErrorLevel = 4;

    /// <summary>Microsoft.Extensions.Logging.LogLevel.Warning.</summary>
    public const int WarningLevel = 3;

    public static MessageType Type => MessageType.Log;

    public static int FieldCount => 3;

    public static LogMessage Read(ref FieldReader fields) => new(
        fields.Int32("level", 0, 6),
        fields.String("category"),
        fields.String("message"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Level);
        writer.Write(Category);
        writer.Write(Message);
    }
}
