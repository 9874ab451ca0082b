namespace ProcInterrupt;

/// <summary>One piece of code sent to a worker. Made by <see cref="Worker.Run"/>; all members are safe from any thread.</summary>
public sealed class Run
{
    internal Run(uint number, string engine)
    {
        Number = number;
        Engine = engine;
    }

    /// <summary>Counts within the worker, from 1.</summary>
    public uint Number { get; }

    /// <summary>The engine that was asked for.</summary>
    public string Engine { get; }

    /// <summary>What became of the run. Never faults and is never cancelled: whatever happens is reported in the result.</summary>
    public Task<RunResult> Completion => throw new NotSupportedException("Follows.");

    /// <summary>What the run does, as it happens; ends after its <see cref="RunCompletedEvent"/>.</summary>
    /// <remarks>Can be enumerated once. What happens before that is kept, output up to <see cref="WorkerOptions.OutputRetention"/>.</remarks>
    /// <exception cref="InvalidOperationException">On enumeration: the events are or were enumerated already.</exception>
    public IAsyncEnumerable<RunEvent> Events => throw new NotSupportedException("Follows.");

    /// <summary>Asks the code to stop: one write to shared memory and the doorbell. Does not wait.</summary>
    /// <param name="signal">1 to 64.</param>
    /// <remarks>
    /// A run that is still queued is taken off the queue. The receipt appears as <see cref="ReceiptEvent"/> and in
    /// <see cref="RunResult.Receipts"/>.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="signal"/> is not within 1 to 64.</exception>
    public void Interrupt(Signal signal = Signal.Interrupt) => throw new NotSupportedException("Follows.");

    /// <summary>Asks the code to stop, and tells what became of that.</summary>
    /// <param name="signal">1 to 64.</param>
    /// <param name="id">Repeated in the receipt, so that a requester knows its own; not looked at otherwise.</param>
    /// <returns>The receipt. Never faults; completes at the latest when the run or the worker ends.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="signal"/> is not within 1 to 64.</exception>
    public Task<InterruptReceipt> InterruptAsync(Signal signal = Signal.Interrupt, string? id = null) => throw new NotSupportedException("Follows.");

    /// <summary>Stops the run for certain: the signal, then, if it has not ended after the grace, the worker is killed.</summary>
    /// <param name="policy">How patiently; <see langword="null"/> for the defaults.</param>
    /// <param name="id">Repeated in the receipt.</param>
    /// <returns>The receipt, once the run has ended. Never faults.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The policy's signal or grace is out of range.</exception>
    public Task<InterruptReceipt> StopAsync(StopPolicy? policy = null, string? id = null) => throw new NotSupportedException("Follows.");

    /// <summary>Answers a request for input.</summary>
    /// <param name="request">The event, from this run.</param>
    /// <param name="text">A line without its end; <see langword="null"/> for the end of input. Up to 4 Mi characters.</param>
    /// <returns><see langword="false"/> when it was answered already or the run is over; nothing happens then.</returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> is of another run, or <paramref name="text"/> is too long.</exception>
    public bool ReplyToInput(InputRequestEvent request, string? text) => throw new NotSupportedException("Follows.");
}
