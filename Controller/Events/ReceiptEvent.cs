namespace ProcInterrupt;

/// <summary>What became of a request to interrupt the run, if it was settled by the end of the run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Receipt">The receipt.</param>
public sealed record ReceiptEvent(Run? Run, InterruptReceipt Receipt) : RunEvent(Run);
