using ProcInterrupt.Messages;

namespace ProcInterrupt.Runs;

/// <summary>The question what can stand at a place in code.</summary>
internal sealed class QueuedComplete : QueuedRequest<Completions>
{
    public QueuedComplete(long number, string engine, string code, int position)
        : base(number)
    {
        Message = new CompleteMessage(number, engine, code, position);
        CodeLength = code.Length;
    }

    public override IMessage Message { get; }

    /// <summary>An answer cannot point beyond it.</summary>
    public int CodeLength { get; }
}
