namespace ProcInterrupt.Runs;

/// <summary>How a worker ended, as far as its runs are concerned.</summary>
internal enum WorkerEnding
{
    /// <summary>By itself or by somebody else's hand.</summary>
    Lost,

    /// <summary>By itself, because it was told to end.</summary>
    Terminated,

    /// <summary>This side killed it.</summary>
    Killed,
}
