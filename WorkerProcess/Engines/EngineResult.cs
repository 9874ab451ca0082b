namespace ProcInterrupt.WorkerProcess.Engines;

/// <summary>What came out of a program.</summary>
/// <param name="Value">What the last expression gave; <see langword="null"/> for none.</param>
/// <param name="Error">What escaped; <see langword="null"/> when nothing did. Ignored when the run was interrupted or ended by an exit.</param>
/// <param name="Escaped">The exception that came out, for the scope to judge; <see langword="null"/> when none did.</param>
internal sealed record EngineResult(RunValue? Value, RunError? Error, Exception? Escaped = null);
