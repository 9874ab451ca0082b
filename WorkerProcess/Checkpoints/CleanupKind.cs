namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>Whether a whole method is clean-up.</summary>
internal enum CleanupKind
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>On the thread, while the method runs.</summary>
    Synchronous,

    /// <summary>In the asynchronous flow that the method starts.</summary>
    Asynchronous,
}
