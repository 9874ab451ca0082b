using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: what is a run doing? Answered at once, also while code runs.</summary>
/// <param name="Request">Echoed in DiagnosisAnswer.</param>
/// <param name="Run">The run; 0 for the current one.</param>
internal sealed record DiagnoseMessage(long Request, uint Run) : IMessage<DiagnoseMessage>
{
    public static MessageType Type => MessageType.Diagnose;

    public static int FieldCount => 2;

    public static DiagnoseMessage Read(ref FieldReader fields) => new(fields.Int64("request"), fields.UInt32("run"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Request);
        writer.Write(Run);
    }
}
