namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the run is over; nothing follows under its number.</summary>
/// <param name="Run">The run.</param>
/// <param name="Outcome">Succeeded, Failed or Interrupted.</param>
/// <param name="Reason">Meaningful when interrupted.</param>
/// <param name="Value">What the last expression gave.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="ExitCode">What the code passed to Environment.Exit.</param>
/// <param name="StartedNanos">CLOCK_MONOTONIC.</param>
/// <param name="EndedNanos">When the code had unwound.</param>
internal sealed record RunCompletedMessage(uint Run, RunOutcome Outcome, InterruptReason Reason, RunValue? Value, RunError? Error, int? ExitCode, long StartedNanos, long EndedNanos) : IMessage;
