namespace ProcInterrupt;

/// <summary>What became of a request to interrupt.</summary>
public enum ReceiptStatus
{
    /// <summary>The run took it and ended by it.</summary>
    Interrupted,

    /// <summary>The run took it and dealt with it: a handler returned, a clause caught it, or the signal is ignored.</summary>
    Handled,

    /// <summary>The run had ended by itself before it took the request.</summary>
    TooLate,

    /// <summary>The run was still queued; it was taken off the queue.</summary>
    NeverStarted,

    /// <summary>The worker was told to end, and did, before the run came to its end.</summary>
    Terminated,

    /// <summary>The worker was killed because the run did not stop in time.</summary>
    Killed,

    /// <summary>The worker ended otherwise.</summary>
    WorkerLost,
}
