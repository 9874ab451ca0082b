namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>A thread of a run came to a checkpoint while it was asked for.</summary>
/// <param name="Thread">The kernel's id of it.</param>
/// <param name="InCleanup">The checkpoint was in clean-up.</param>
internal sealed record CheckpointSeen(int Thread, bool InCleanup);
