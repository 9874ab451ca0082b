namespace ProcInterrupt;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>The code came to its end, or ended itself with <c>Environment.Exit</c>.</summary>
    Succeeded,

    /// <summary>The code did not compile or threw; see the error.</summary>
    Failed,

    /// <summary>An interrupt ended it; the session lives on.</summary>
    Interrupted,

    /// <summary>The worker was told to end while the code ran.</summary>
    Terminated,

    /// <summary>The worker was killed while the code ran, because it did not stop in time.</summary>
    Killed,

    /// <summary>The worker ended by itself or by somebody else's hand.</summary>
    WorkerLost,
}
