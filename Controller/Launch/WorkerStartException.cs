namespace ProcInterrupt;

/// <summary>No worker could be started; the message says why, and nothing was left behind.</summary>
public sealed class WorkerStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    public WorkerStartException()
        : this("The worker could not be started.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">Why.</param>
    public WorkerStartException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">Why.</param>
    /// <param name="innerException">The cause.</param>
    public WorkerStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal WorkerStartException(string message, int? exitCode, string standardError, Exception? innerException = null)
        : base(message, innerException)
    {
        ExitCode = exitCode;
        StandardError = standardError;
    }

    /// <summary>The exit code of a worker that ended before it was ready (128 + n for signal n), or <see langword="null"/>.</summary>
    public int? ExitCode { get; }

    /// <summary>The end of what the process wrote to its standard error; may be empty.</summary>
    public string StandardError { get; } = "";
}
