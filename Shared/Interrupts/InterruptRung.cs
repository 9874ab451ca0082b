namespace ProcInterrupt;

/// <summary>How far up the ladder a request to stop went.</summary>
/// <remarks>The first two stand in byte 3 of the interrupt word and keep the session; the others end the worker.</remarks>
public enum InterruptRung : byte
{
    /// <summary>A signal: raised at checkpoints, catchable, deferred inside clean-up.</summary>
    Signal = 0,

    /// <summary>Raised at every checkpoint, not catchable, inside clean-up too.</summary>
    Insist = 1,

    /// <summary>The worker was told to flush and end.</summary>
    Terminate = 2,

    /// <summary>The worker's processes were killed.</summary>
    Kill = 3,
}
