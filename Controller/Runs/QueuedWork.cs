namespace ProcInterrupt.Runs;

/// <summary>What the worker does one after the other: runs, resets and questions about code.</summary>
internal abstract class QueuedWork
{
    /// <summary>Its place in the queue, while it is queued.</summary>
    public LinkedListNode<QueuedWork>? Place { get; set; }
}
