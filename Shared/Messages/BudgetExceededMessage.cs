using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the run went beyond a budget and is being interrupted; should the worker end before the run does, this is why.</summary>
/// <param name="Run">The run.</param>
/// <param name="Reason">Which budget.</param>
internal sealed record BudgetExceededMessage(uint Run, InterruptReason Reason) : IMessage<BudgetExceededMessage>
{
    public static MessageType Type => MessageType.BudgetExceeded;

    public static int FieldCount => 2;

    public static BudgetExceededMessage Read(ref FieldReader fields) => new(
        fields.Run(),
        (InterruptReason)fields.Int32("reason", (int)InterruptReason.Output, (int)InterruptReason.FileSize));

    public void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(Run);
        writer.Write((int)Reason);
    }
}
