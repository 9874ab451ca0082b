namespace ProcInterrupt.Runs;

/// <summary>A reset that waits for its turn or for the worker's answer.</summary>
internal sealed class QueuedReset : QueuedWork
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QueuedReset(long request, string? engine)
    {
        Request = request;
        Engine = engine;
    }

    public long Request { get; }

    public string? Engine { get; }

    public Task Done => done.Task;

    public void Complete() => done.TrySetResult();

    public void Fail(Exception exception) => done.TrySetException(exception);
}
