using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: how far the run is.</summary>
/// <param name="Run">The run.</param>
/// <param name="Fraction">0 to 1; what is outside is sent as the nearer bound, NaN as 0.</param>
/// <param name="Message">What is being done, or null.</param>
internal sealed record ProgressMessage(uint Run, double Fraction, string? Message) : IMessage<ProgressMessage>
{
    public static MessageType Type => MessageType.Progress;

    public static int FieldCount => 3;

    public static ProgressMessage Read(ref FieldReader fields) => new(
        fields.UInt32("run"),
        fields.Fraction("fraction"),
        fields.OptionalString("message"));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write(Fraction > 0 ? Math.Min(Fraction, 1) : 0);
        writer.Write(Message);
    }
}
