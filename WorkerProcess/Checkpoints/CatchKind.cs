namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>What a catch clause means to an interrupt.</summary>
internal enum CatchKind
{
    /// <summary>Cannot catch one.</summary>
    Other,

    /// <summary>Would catch one by accident, and must not.</summary>
    All,

    /// <summary>Catches one on purpose.</summary>
    Interrupt,
}
