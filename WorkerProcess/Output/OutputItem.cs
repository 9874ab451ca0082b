using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>Something in the output buffer, at its place in what was written.</summary>
/// <param name="start">How much had been written when it began.</param>
internal abstract class OutputItem(long start)
{
    /// <summary>What is kept for an item besides its text, so that a flood of tiny ones is bounded too.</summary>
    public const int Overhead = 256;

    /// <summary>The place of what is next to be taken of it.</summary>
    public long Start { get; protected set; } = start;

    /// <summary>The place behind it.</summary>
    public abstract long End { get; }

    /// <summary>Takes what lies before a place; the rest stays.</summary>
    /// <param name="limit">Behind <see cref="Start"/>.</param>
    /// <returns>The message, and whether nothing is left.</returns>
    public abstract (IMessage Message, bool Empty) Take(long limit);
}
