namespace ProcInterrupt;

/// <summary>How one run is executed.</summary>
public sealed record RunOptions
{
    /// <summary>The file the code came from, for tracebacks and for what the code loads beside itself.</summary>
    /// <value>Default <see langword="null"/>: none.</value>
    public string? Path { get; init; }

    /// <summary>The number that the code's first line has in <see cref="Path"/>, for messages and tracebacks: code may be a part of its file.</summary>
    /// <value>1 or more. Default 1.</value>
    public int FirstLine { get; init; } = 1;

    /// <summary>How long the run may take before the worker interrupts it with <see cref="InterruptReason.Deadline"/>.</summary>
    /// <value>More than zero, counted from the run's start. Default <see langword="null"/>: as long as it likes.</value>
    /// <remarks>The worker keeps the time itself, so it holds if the controller is gone or stopped.</remarks>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Whether code that prints waits for <see cref="Run.Events"/> to be read.</summary>
    /// <value>
    /// <see langword="true"/>: after about 1 MiB of unread output the code waits, and none is lost. Default
    /// <see langword="false"/>: the code never waits; at most <see cref="WorkerOptions.OutputRetention"/> is kept.
    /// </value>
    public bool WaitForReader { get; init; }
}
