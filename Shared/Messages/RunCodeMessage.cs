namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: execute code; the controller has one run at a time in the worker.</summary>
/// <param name="Run">1 and up; skips 0 when it wraps.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Code">The program.</param>
/// <param name="Path">The file it came from, for tracebacks, #load and #r; null if none.</param>
/// <param name="DeadlineMicros">Microseconds from the start after which the worker interrupts the run itself; 0 for none.</param>
internal sealed record RunCodeMessage(uint Run, string Engine, string Code, string? Path, long DeadlineMicros) : IMessage;
