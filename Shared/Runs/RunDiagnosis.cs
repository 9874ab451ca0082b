namespace ProcInterrupt;

/// <summary>What a run was doing at one moment, and why an interrupt may not have stopped it. The worker's word: not to be trusted with strangers' code.</summary>
public sealed record RunDiagnosis
{
    /// <summary>The run's number; 0 when there is none.</summary>
    public required uint Run { get; init; }

    /// <summary>What it was doing.</summary>
    public required RunActivity Activity { get; init; }

    /// <summary>
    /// The call that its own code was in, such as <c>System.Threading.Thread.Sleep(Int32 millisecondsTimeout)</c>, or
    /// <c>await</c>; <see langword="null"/> when it was in no call of the framework's or that is not known.
    /// </summary>
    public string? Call { get; init; }

    /// <summary>What the kernel said of the thread: <c>computing</c>, or the system call that it waited in, such as <c>read(0)</c>; <see langword="null"/> when it did not say.</summary>
    public string? Thread { get; init; }

    /// <summary>Whether an interrupt wakes or reaches the code where it is. <see langword="false"/> in a shield, in clean-up, in code that does not poll, and in waits that nothing wakes.</summary>
    public bool IsInterruptible { get; init; }

    /// <summary>How many interrupts the run's code has swallowed so far: caught, or lost, and gone on.</summary>
    /// <value>0 and up.</value>
    public int Swallowed { get; init; }

    /// <summary>Where the last one was swallowed, as a traceback; <see langword="null"/> when none was, or that is not known.</summary>
    public string? SwallowedAt { get; init; }

    /// <summary>The calls that the thread was in, innermost first in C# and last in Python, at most 16,384 characters; <see langword="null"/> when it cannot be had.</summary>
    public string? Stack { get; init; }
}
