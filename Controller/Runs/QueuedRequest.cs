using ProcInterrupt.Messages;

namespace ProcInterrupt.Runs;

/// <summary>What the worker is asked besides runs, waiting for its turn or for the answer.</summary>
internal abstract class QueuedRequest : QueuedWork
{
    protected QueuedRequest(long number) => Number = number;

    /// <summary>Echoed in the answer.</summary>
    public long Number { get; }

    /// <summary>What is sent when its turn has come.</summary>
    public abstract IMessage Message { get; }

    public abstract void Fail(Exception exception);
}
