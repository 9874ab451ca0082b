namespace ProcInterrupt;

/// <summary>The run is over; the last event.</summary>
/// <param name="Run">The run.</param>
/// <param name="Result">What became of it.</param>
public sealed record RunCompletedEvent(Run? Run, RunResult Result) : RunEvent(Run);
