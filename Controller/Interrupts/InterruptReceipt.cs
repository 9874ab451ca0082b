namespace ProcInterrupt;

/// <summary>What became of one request to interrupt. Each request gets exactly one.</summary>
public sealed record InterruptReceipt
{
    /// <summary>What became of it.</summary>
    public required ReceiptStatus Status { get; init; }

    /// <summary>How far up the ladder it went: the rung that ended the run, or that the code dealt with; the last one tried otherwise.</summary>
    public required InterruptRung Rung { get; init; }

    /// <summary>The rungs that were begun for it, in the order of time. Empty when the run was queued or over.</summary>
    /// <remarks>
    /// A higher one than <see cref="Rung"/> is there when the run was just ending by the lower one, and a lower one after a higher when
    /// several asked, each with a ladder of their own.
    /// </remarks>
    public IReadOnlyList<RungTime> Rungs { get; init; } = [];

    /// <summary>What the run was doing when it had not stopped by the signal, shortly before the last rung that followed.</summary>
    /// <value><see langword="null"/> when no rung beyond the signal was begun for it, or the worker ended before it was found out; a grace under 100 ms is too short for that.</value>
    public RunDiagnosis? Diagnosis { get; init; }

    /// <summary>The signal that was asked for.</summary>
    public required Signal Signal { get; init; }

    /// <summary>Why.</summary>
    public required InterruptReason Reason { get; init; }

    /// <summary>The number of the run it was for.</summary>
    public required uint Run { get; init; }

    /// <summary>What the requester passed to know its own receipt, or <see langword="null"/>.</summary>
    public string? Id { get; init; }

    /// <summary>Whether the session's variables and modules are still there.</summary>
    public required bool StatePreserved { get; init; }

    /// <summary>Whether a shield of the code's held it off for a while (<see cref="ProcInterrupt.Interrupt.Shield(TimeSpan)"/>).</summary>
    public bool Deferred { get; init; }

    /// <summary>Microseconds from the request until a thread of the run took it; <see langword="null"/> when none did.</summary>
    public long? TakenMicros { get; init; }

    /// <summary>Microseconds from the request until the code had unwound; <see langword="null"/> unless it was interrupted.</summary>
    public long? UnwoundMicros { get; init; }

    /// <summary>Microseconds from the request until this receipt was issued.</summary>
    public required long ReportedMicros { get; init; }
}
