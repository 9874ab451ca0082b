namespace ProcInterrupt.Cli;

/// <summary>What the command's exit code says.</summary>
internal static class ExitCodes
{
    /// <summary>The code ran to its end.</summary>
    public const int Succeeded = 0;

    /// <summary>The code did not compile or threw.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense, or the program cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>The worker ended by itself, or could not be started.</summary>
    public const int WorkerLost = 70;

    /// <summary>The run's deadline, or its budget of time, passed (as <c>timeout</c> has it).</summary>
    public const int Deadline = 124;

    /// <summary>The run was interrupted (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>The worker was killed because the run did not stop (128 + SIGKILL).</summary>
    public const int Killed = 137;

    /// <summary>Nobody reads standard output any more (128 + SIGPIPE, which the runtime ignores).</summary>
    public const int OutputClosed = 141;

    /// <summary>The command or its worker was told to end (128 + SIGTERM).</summary>
    public const int Terminated = 143;

    /// <summary>The exit code for how a run ended.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="reason">Why it was interrupted, if it was.</param>
    /// <param name="codesOwn">What the code passed to <c>Environment.Exit</c>, if it did.</param>
    public static int Of(RunOutcome outcome, InterruptReason? reason, int? codesOwn) => outcome switch
    {
        RunOutcome.Succeeded => codesOwn ?? Succeeded,
        RunOutcome.Failed => Failed,
        RunOutcome.Interrupted when reason is InterruptReason.Deadline or InterruptReason.WallTime => Deadline,
        RunOutcome.Interrupted when reason is InterruptReason.Shutdown => Terminated,
        RunOutcome.Interrupted => Interrupted,
        RunOutcome.Terminated => Terminated,
        RunOutcome.Killed => Killed,
        RunOutcome.WorkerLost => WorkerLost,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An outcome that has no exit code."),
    };
}
