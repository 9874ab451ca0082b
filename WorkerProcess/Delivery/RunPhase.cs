namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>What the run thread is doing, which says who takes an interrupt.</summary>
internal enum RunPhase
{
    /// <summary>The engine's own code, a compiler say: it reaches no checkpoint, so the watcher takes and cancels it.</summary>
    Host,

    /// <summary>User code: it takes at its checkpoints.</summary>
    User,

    /// <summary>Waiting for a task of the user's: the run thread is woken and takes.</summary>
    Waiting,
}
