using ProcInterrupt.Interrupts;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>A shield that code of a run has set up, until it is disposed of, its time is up or the run is over.</summary>
/// <param name="scope">The run.</param>
/// <param name="untilNanos">When its time is up, CLOCK_MONOTONIC.</param>
/// <param name="inCleanup">It was set up in clean-up, where nothing is to be raised.</param>
internal sealed class RunShield(RunScope scope, long untilNanos, bool inCleanup) : IDisposable
{
    public RunScope Scope { get; } = scope;

    public long UntilNanos { get; } = untilNanos;

    public bool InCleanup { get; } = inCleanup;

    /// <summary>Delivers what was held off.</summary>
    /// <exception cref="KeyboardInterruptException">It was an interrupt.</exception>
    public void Dispose() => Scope.Desk.EndShield(this);
}
