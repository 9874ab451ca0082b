namespace ProcInterrupt.Interrupts;

/// <summary>One call that asked a run to stop, until it has its receipt.</summary>
internal sealed class InterruptRequest
{
    private readonly TaskCompletionSource<InterruptReceipt>? receipt;
    private readonly List<RungTime> rungs = [];

    /// <param name="run">The run it is for.</param>
    /// <param name="signal">1 to 64.</param>
    /// <param name="rung">The rung it begins with.</param>
    /// <param name="id">The requester's own mark, or null.</param>
    /// <param name="untilEnd">The receipt is to tell of the end of the run, so that having been handled does not settle it.</param>
    /// <param name="awaited">Whether somebody waits for <see cref="Receipt"/>.</param>
    public InterruptRequest(uint run, Signal signal, InterruptRung rung, string? id, bool untilEnd, bool awaited)
    {
        AtNanos = MonotonicClock.Nanos;
        Run = run;
        Signal = signal;
        Rung = rung;
        Id = id;
        UntilEnd = untilEnd;
        receipt = awaited ? new TaskCompletionSource<InterruptReceipt>(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    }

    /// <summary>When it was made; everything in the receipt counts from here.</summary>
    public long AtNanos { get; }

    public uint Run { get; }

    public Signal Signal { get; }

    /// <summary>The rung it begins with.</summary>
    public InterruptRung Rung { get; }

    /// <summary>The highest rung that was begun for it.</summary>
    public InterruptRung HighestRung => rungs.Count > 0 ? rungs[^1].Rung : Rung;

    public string? Id { get; }

    public bool UntilEnd { get; }

    public Task<InterruptReceipt> Receipt => receipt?.Task ?? throw new InvalidOperationException("Nobody was to wait for this receipt.");

    /// <summary>What is known of the run by then, for the receipt.</summary>
    public LastDiagnosis? Diagnosis { get; set; }

    /// <summary>Given by the desk: requests are settled in their order.</summary>
    public long Order { get; set; }

    /// <summary>A shield of the run's held it off.</summary>
    public bool Deferred { get; set; }

    /// <summary>Another rung begins for it; nothing when it went as high before.</summary>
    /// <param name="rung">Which.</param>
    /// <param name="atNanos">When: now, or before the request was made.</param>
    public void Climb(InterruptRung rung, long atNanos)
    {
        if (rungs.Count == 0 || rungs[^1].Rung < rung)
        {
            rungs.Add(new RungTime(rung, Math.Max(0, atNanos - AtNanos) / 1000));
        }
    }

    /// <summary>Settles the request; called once.</summary>
    /// <param name="status">What became of it.</param>
    /// <param name="rung">How far up it went.</param>
    /// <param name="takenNanos">When the run took it, by the worker's word; null when it did not.</param>
    /// <param name="unwoundNanos">When the code had unwound, by the worker's word; null when it did not.</param>
    public InterruptReceipt Settle(ReceiptStatus status, InterruptRung rung, long? takenNanos = null, long? unwoundNanos = null)
    {
        var now = MonotonicClock.Nanos;
        var settled = new InterruptReceipt
        {
            Status = status,
            Rung = rung,
            Rungs = [.. rungs.OrderBy(static begun => begun.Micros)],
            Diagnosis = status is not (ReceiptStatus.TooLate or ReceiptStatus.NeverStarted) && (rung > InterruptRung.Signal || HighestRung > InterruptRung.Signal)
                ? Diagnosis?.Found
                : null,
            Signal = Signal,
            Reason = InterruptReason.User,
            Run = Run,
            Id = Id,
            StatePreserved = status is ReceiptStatus.Interrupted or ReceiptStatus.Handled or ReceiptStatus.TooLate or ReceiptStatus.NeverStarted,
            Deferred = Deferred,
            TakenMicros = Since(takenNanos, now),
            UnwoundMicros = Since(unwoundNanos, now),
            ReportedMicros = (now - AtNanos) / 1000,
        };
        if (receipt is not null && !receipt.TrySetResult(settled))
        {
            throw new InvalidOperationException("A request was settled twice.");
        }

        return settled;
    }

    // The worker's times are not to be trusted, and one request may join another that was taken at the same moment.
    private long? Since(long? nanos, long now) => nanos is { } at ? (Math.Clamp(at, AtNanos, now) - AtNanos) / 1000 : null;
}
