namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>What a word means for a run that looks at it.</summary>
internal enum WordAction
{
    /// <summary>Nothing is asked.</summary>
    None,

    /// <summary>For another run: cleared, acts on nothing.</summary>
    Discard,

    /// <summary>Not now: the caller is in clean-up.</summary>
    Defer,

    /// <summary>Taken; the run unwinds.</summary>
    Raise,

    /// <summary>Taken; a handler runs.</summary>
    Handle,

    /// <summary>Taken; nobody handles this signal, or it is none.</summary>
    Ignore,
}
