namespace ProcInterrupt;

/// <summary>The code printed something; pieces are not lines.</summary>
/// <param name="Run">The run.</param>
/// <param name="Stream">Where it was written.</param>
/// <param name="Text">What was written.</param>
public sealed record OutputEvent(Run? Run, OutputStream Stream, string Text) : RunEvent(Run);
