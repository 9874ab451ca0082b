namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the new buffer is polled from now on, or why not.</summary>
/// <param name="Request">From SetInterruptBuffer.</param>
/// <param name="Error">null when done; the old buffer stays otherwise.</param>
internal sealed record InterruptBufferSetMessage(long Request, string? Error) : IMessage;
