namespace ProcInterrupt.Interrupts;

/// <summary>What a worker puts behind <see cref="Interrupt"/>; without one, nothing is ever pending.</summary>
/// <remarks>All members may be called from any thread of running code.</remarks>
internal interface IInterruptHost
{
    /// <summary>Takes and raises what is pending for the calling thread's run; see <see cref="Interrupt.Check"/>.</summary>
    void Check();

    /// <summary>Cancelled when the calling thread's run is interrupted.</summary>
    CancellationToken Token { get; }

    /// <summary>Sets a handler, or the default with <see langword="null"/>; answers the one before.</summary>
    Action<Signal>? Handle(Signal signal, Action<Signal>? handler);

    /// <summary>Waits; an interrupt ends the wait by raising.</summary>
    void Sleep(TimeSpan duration);

    /// <summary>Holds off the first rung from the calling thread's run; see <see cref="Interrupt.Shield(TimeSpan)"/>.</summary>
    IDisposable Shield(TimeSpan bound);
}
