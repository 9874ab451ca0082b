namespace ProcInterrupt.WorkerProcess.Engines;

/// <summary>One program to execute.</summary>
/// <param name="Run">The run's number.</param>
/// <param name="Code">The program.</param>
/// <param name="Path">The file it came from, or <see langword="null"/>.</param>
internal sealed record EngineRequest(uint Run, string Code, string? Path);
