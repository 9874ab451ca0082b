namespace ProcInterrupt.WorkerProcess.Engines;

/// <summary>One program to execute.</summary>
/// <param name="Run">The run's number.</param>
/// <param name="Code">The program.</param>
/// <param name="Path">The file it came from, or <see langword="null"/>.</param>
/// <param name="FirstLine">The number of the code's first line in that file, for messages and tracebacks.</param>
internal sealed record EngineRequest(uint Run, string Code, string? Path, int FirstLine = 1);
