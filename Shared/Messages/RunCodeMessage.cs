using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: execute code; the controller has one run at a time in the worker.</summary>
/// <param name="Run">1 and up; skips 0 when it wraps.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Code">The program.</param>
/// <param name="Path">The file it came from, for tracebacks, #load and #r; null if none.</param>
/// <param name="DeadlineMicros">Microseconds from the start after which the worker interrupts the run itself; 0 for none.</param>
/// <param name="FirstLine">The number that the code's first line has in that file, for messages and tracebacks; 1 and up.</param>
internal sealed record RunCodeMessage(uint Run, string Engine, string Code, string? Path, long DeadlineMicros, int FirstLine) : IMessage<RunCodeMessage>
{
    public static MessageType Type => MessageType.RunCode;

    public static int FieldCount => 6;

    public static RunCodeMessage Read(ref FieldReader fields) => new(
        fields.Run(),
        fields.String("engine"),
        fields.String("code"),
        fields.OptionalString("path"),
        fields.NotNegative("deadlineMicros"),
        fields.Int32("firstLine", 1, int.MaxValue));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write(Engine);
        writer.Write(Code);
        writer.Write(Path);
        writer.Write(DeadlineMicros);
        writer.Write(FirstLine);
    }
}
