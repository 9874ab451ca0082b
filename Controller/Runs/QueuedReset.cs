using ProcInterrupt.Messages;

namespace ProcInterrupt.Runs;

/// <summary>A reset; its answer says only that it is done.</summary>
internal sealed class QueuedReset : QueuedRequest<bool>
{
    public QueuedReset(long number, string? engine)
        : base(number) => Message = new ResetMessage(number, engine);

    public override IMessage Message { get; }
}
