namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>How foreign code came to its end, by its own account.</summary>
internal enum ForeignEnd
{
    /// <summary>It returned or failed; what was taken meanwhile has been dealt with.</summary>
    Returned,

    /// <summary>An interrupt that was taken came out.</summary>
    Interrupted,

    /// <summary>It ended itself with an exit code.</summary>
    Exited,
}
