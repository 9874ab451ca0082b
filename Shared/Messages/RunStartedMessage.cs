namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the run has begun, before its code is compiled.</summary>
/// <param name="Run">The run.</param>
/// <param name="AtNanos">CLOCK_MONOTONIC.</param>
internal sealed record RunStartedMessage(uint Run, long AtNanos) : IMessage;
