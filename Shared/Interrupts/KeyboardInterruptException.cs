namespace ProcInterrupt;

/// <summary>Raised in running code at a checkpoint when its run is interrupted.</summary>
/// <remarks>
/// In code that runs in a worker, <c>catch (Exception)</c> and a bare <c>catch</c> do not catch it, as Python's
/// <c>except Exception</c> does not catch <c>KeyboardInterrupt</c>; a clause for this type or for
/// <see cref="OperationCanceledException"/> does, and the run goes on.
/// </remarks>
public sealed class KeyboardInterruptException : OperationCanceledException
{
    /// <summary>Creates the exception for <see cref="Signal.Interrupt"/>.</summary>
    public KeyboardInterruptException()
        : this("The run was interrupted.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What happened.</param>
    public KeyboardInterruptException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">The cause.</param>
    public KeyboardInterruptException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal KeyboardInterruptException(Signal signal, InterruptReason reason, CancellationToken token)
        : base(reason == InterruptReason.User ? "The run was interrupted." : $"The run was interrupted ({reason}).", token)
    {
        Signal = signal;
        Reason = reason;
    }

    /// <summary>The signal that was raised.</summary>
    /// <value><see cref="ProcInterrupt.Signal.Interrupt"/> unless another signal's handler raised it.</value>
    public Signal Signal { get; } = Signal.Interrupt;

    /// <summary>Why the run was interrupted.</summary>
    public InterruptReason Reason { get; }

    /// <summary>The run it was raised in by delivery; 0 when code made it by itself.</summary>
    internal uint Run { get; init; }
}
