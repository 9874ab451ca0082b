namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the code dealt with an interrupt and goes on.</summary>
/// <param name="Run">The run.</param>
/// <param name="Word">The word as it was taken.</param>
/// <param name="By">What dealt with it.</param>
/// <param name="AtNanos">CLOCK_MONOTONIC.</param>
internal sealed record InterruptHandledMessage(uint Run, ulong Word, HandledBy By, long AtNanos) : IMessage;
