namespace ProcInterrupt;

/// <summary>How patiently a run is stopped.</summary>
public sealed record StopPolicy
{
    /// <summary>The signal to begin with.</summary>
    /// <value>1 to 64. Default <see cref="ProcInterrupt.Signal.Interrupt"/>.</value>
    public Signal Signal { get; init; } = Signal.Interrupt;

    /// <summary>How long the run may go on after the signal before the worker is killed.</summary>
    /// <value>Zero or more, or <see cref="Timeout.InfiniteTimeSpan"/> for never. Default 1 s.</value>
    public TimeSpan SignalGrace { get; init; } = TimeSpan.FromSeconds(1);
}
