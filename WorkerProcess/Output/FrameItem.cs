using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>A frame among the text, as a whole.</summary>
/// <param name="start">Its place.</param>
/// <param name="size">What it counts, more than 0.</param>
/// <param name="message">The frame.</param>
internal sealed class FrameItem(long start, int size, IMessage message) : OutputItem(start)
{
    public override long End => Start + size;

    public override (IMessage Message, bool Empty) Take(long limit) => (message, true);
}
