namespace ProcInterrupt;

/// <summary>A run did not succeed, for a reason of its own.</summary>
/// <remarks>Thrown by <see cref="Worker.RunAsync(string, string, CancellationToken)"/> and its overload only; <see cref="Run.Completion"/> reports.</remarks>
public sealed class RunFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RunFailedException()
        : this("The run failed.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What happened.</param>
    public RunFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">The cause.</param>
    public RunFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal RunFailedException(RunResult result)
        : base(Describe(result))
    {
        Result = result;
        Type = result.Error?.Type ?? "";
        Traceback = result.Error?.Traceback ?? "";
    }

    /// <summary>The full name of the exception's type in the run, or <c>CompilationError</c>; empty where the run did not fail by an exception.</summary>
    public string Type { get; } = "";

    /// <summary>Where, as the language shows it; may be empty.</summary>
    public string Traceback { get; } = "";

    /// <summary>The whole result; <see langword="null"/> only where the exception was made by somebody else.</summary>
    public RunResult? Result { get; }

    private static string Describe(RunResult result) => result switch
    {
        { Error.Message: { Length: > 0 } message } => message,
        { Outcome: RunOutcome.Interrupted } => $"The run was interrupted ({result.Reason}).",
        _ => $"The run did not succeed: {result.Outcome}.",
    };
}
