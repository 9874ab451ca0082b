using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: what a run is doing.</summary>
/// <param name="Request">From Diagnose.</param>
/// <param name="Run">The run that was looked at; 0 when there was none.</param>
/// <param name="Activity">What it does; NoAnswer is not the worker's to say.</param>
/// <param name="Interruptible">Whether an interrupt reaches or wakes the code where it is.</param>
/// <param name="Call">The call that the code is in; null when there is none or it is not known.</param>
/// <param name="Thread">What the kernel says of the thread.</param>
/// <param name="Swallowed">Interrupts that the code has swallowed so far.</param>
/// <param name="SwallowedAt">Where the last one was.</param>
/// <param name="Stack">The calls that the thread is in.</param>
internal sealed record DiagnosisAnswerMessage(
    long Request,
    uint Run,
    RunActivity Activity,
    bool Interruptible,
    string? Call,
    string? Thread,
    int Swallowed,
    string? SwallowedAt,
    string? Stack) : IMessage<DiagnosisAnswerMessage>
{
    public static MessageType Type => MessageType.DiagnosisAnswer;

    public static int FieldCount => 9;

    public static DiagnosisAnswerMessage Read(ref FieldReader fields) => new(
        fields.Int64("request"),
        fields.UInt32("run"),
        (RunActivity)fields.Int32("activity", 0, (int)RunActivity.NoAnswer - 1),
        fields.Boolean("interruptible"),
        fields.OptionalString("call", ProtocolConstants.MaxDiagnosisLine),
        fields.OptionalString("thread", ProtocolConstants.MaxDiagnosisLine),
        fields.Int32("swallowed", 0, int.MaxValue),
        fields.OptionalString("swallowedAt", ProtocolConstants.MaxDiagnosisStack),
        fields.OptionalString("stack", ProtocolConstants.MaxDiagnosisStack));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Request);
        writer.Write(Run);
        writer.Write((int)Activity);
        writer.Write(Interruptible);
        writer.Write(Call);
        writer.Write(Thread);
        writer.Write(Swallowed);
        writer.Write(SwallowedAt);
        writer.Write(Stack);
    }
}
