using ProcInterrupt.Messages;

namespace ProcInterrupt.Runs;

/// <summary>The question whether code can be run as it is.</summary>
internal sealed class QueuedIsComplete : QueuedRequest<CodeCompleteness>
{
    public QueuedIsComplete(long number, string engine, string code)
        : base(number) => Message = new IsCompleteMessage(number, engine, code);

    public override IMessage Message { get; }
}
