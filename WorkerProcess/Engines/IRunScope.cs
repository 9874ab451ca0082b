namespace ProcInterrupt.WorkerProcess.Engines;

/// <summary>What an engine may ask of the run it executes.</summary>
internal interface IRunScope
{
    /// <summary>Cancelled when the run is interrupted while the engine's own code (a compiler, say) works for it.</summary>
    CancellationToken HostToken { get; }

    /// <summary>
    /// Calls user code on this thread. Until it is entered, interrupts cancel <see cref="HostToken"/>; inside, they are
    /// raised at checkpoints.
    /// </summary>
    T CallUserCode<T>(Func<T> userCode);

    /// <summary>Blocks the run thread until the task is over, taking interrupts meanwhile (handlers run here). Does not throw for the task's outcome.</summary>
    void Wait(Task task);

    /// <summary>Whether what the run declared stays in the session: not when it went beyond its memory budget, which its variables would go on to hold.</summary>
    /// <param name="fault">What the run failed with, or <see langword="null"/>.</param>
    bool KeepsVariables(Exception? fault);

    /// <summary>Whether this exception is the run's own unwinding (an interrupt or an exit), wrapped or not.</summary>
    bool IsUnwinding(Exception exception);
}
