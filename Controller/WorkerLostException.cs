namespace ProcInterrupt;

/// <summary>The worker is gone, and its session with it; go on by starting a new <see cref="Worker"/>.</summary>
public sealed class WorkerLostException : Exception
{
    /// <summary>Creates the exception.</summary>
    public WorkerLostException()
        : this("The worker is gone.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What happened.</param>
    public WorkerLostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">The cause.</param>
    public WorkerLostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal WorkerLostException(string message, RunResult? result, WorkerExit? exit)
        : base(message)
    {
        Result = result;
        Exit = exit;
    }

    /// <summary>The result of the run that was lost, or <see langword="null"/> when no run was.</summary>
    public RunResult? Result { get; }

    /// <summary>How the process ended, or <see langword="null"/> when that is not known yet.</summary>
    public WorkerExit? Exit { get; }
}
