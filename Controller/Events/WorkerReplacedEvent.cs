namespace ProcInterrupt;

/// <summary>A worker that had ended was replaced, and the replacement is ready. Among <see cref="Worker.BackgroundEvents"/>.</summary>
/// <param name="Generation">The replacement's: 2 for the first.</param>
/// <param name="ProcessId">The replacement's process.</param>
/// <param name="Previous">How the process before it ended.</param>
/// <param name="StartUp">What <see cref="RestartPolicy.StartUp"/> gave, or <see langword="null"/> when there is none.</param>
public sealed record WorkerReplacedEvent(int Generation, int ProcessId, WorkerExit Previous, RunResult? StartUp) : RunEvent((Run?)null);
