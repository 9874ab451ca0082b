namespace ProcInterrupt;

/// <summary>The worker has begun with the run; its code is compiled next. Not sent for a run that is taken off the queue.</summary>
/// <param name="Run">The run.</param>
public sealed record RunStartedEvent(Run? Run) : RunEvent(Run);
