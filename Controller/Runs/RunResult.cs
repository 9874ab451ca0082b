namespace ProcInterrupt;

/// <summary>What became of a run.</summary>
public sealed record RunResult
{
    /// <summary>The run's number.</summary>
    public required uint Number { get; init; }

    /// <summary>How it ended.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Why it was interrupted, or the budget that it went beyond; otherwise <see langword="null"/>.</summary>
    /// <remarks>A run that fails for its memory budget has <see cref="InterruptReason.Memory"/>; one whose worker had to end for a budget, that budget's.</remarks>
    public InterruptReason? Reason { get; init; }

    /// <summary>What the last expression gave, or <see langword="null"/>.</summary>
    public RunValue? Value { get; init; }

    /// <summary>Why it failed, or how the worker was lost; <see langword="null"/> otherwise.</summary>
    public RunError? Error { get; init; }

    /// <summary>What the code passed to <c>Environment.Exit</c>, or <see langword="null"/>.</summary>
    public int? ExitCode { get; init; }

    /// <summary>From the call that queued it to its start; all of its life when it never started.</summary>
    public TimeSpan Queued { get; init; }

    /// <summary>From its start to its end, compilation and unwinding included; zero when it never started.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>A receipt for each request that was settled by the run's end, in the order of the requests.</summary>
    public IReadOnlyList<InterruptReceipt> Receipts { get; init; } = [];
}
