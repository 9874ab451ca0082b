namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Recognises the exceptions of an unwinding run, also inside the wrappers that the base library puts around them.</summary>
internal static class UnwindingException
{
    /// <summary>How deep wrappers are looked into: code may build chains without end.</summary>
    private const int MaxDepth = 32;

    /// <summary>Whether the exception is an interrupt or an exit, or the cancellation of the run's token, or wraps one.</summary>
    public static bool IsWithin(Exception? exception, CancellationToken token) => IsWithin(exception, MaxDepth, token);

    private static bool IsWithin(Exception? exception, int depth, CancellationToken token) => exception switch
    {
        null => false,
        KeyboardInterruptException or RunExitException => true,
        OperationCanceledException canceled when canceled.CancellationToken == token => true,
        _ when depth == 0 => false,
        AggregateException aggregate => aggregate.InnerExceptions.Any(inner => IsWithin(inner, depth - 1, token)),
        _ => IsWithin(exception.InnerException, depth - 1, token),
    };
}
