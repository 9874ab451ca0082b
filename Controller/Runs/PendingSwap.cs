namespace ProcInterrupt.Runs;

/// <summary>A change of the interrupt buffer that the worker has not answered.</summary>
internal sealed class PendingSwap
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PendingSwap(long request, InterruptBuffer? buffer, bool isOwn)
    {
        IsOwn = isOwn;
        Request = request;
        Buffer = buffer;
    }

    public long Request { get; }

    /// <summary>Held for the worker; null for none.</summary>
    public InterruptBuffer? Buffer { get; }

    /// <summary>It is the worker's own, not one that the user has set.</summary>
    public bool IsOwn { get; }

    public Task Done => done.Task;

    public void Complete() => done.TrySetResult();

    public void Fail(Exception exception)
    {
        done.TrySetException(exception);

        // Whoever waited may have given up; that nobody looks is no fault then.
        _ = done.Task.Exception;
    }
}
