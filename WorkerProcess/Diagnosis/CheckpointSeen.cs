using System.Diagnostics;

namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>A thread of a run came to a checkpoint while it was asked for.</summary>
/// <param name="InCleanup">The checkpoint was in clean-up.</param>
/// <param name="Stack">The calls that led there, once they are known.</param>
internal sealed record CheckpointSeen(bool InCleanup, StackTrace? Stack);
