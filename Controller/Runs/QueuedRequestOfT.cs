namespace ProcInterrupt.Runs;

/// <summary>A request with its answer.</summary>
/// <typeparam name="TAnswer">What the worker says.</typeparam>
internal abstract class QueuedRequest<TAnswer> : QueuedRequest
{
    private readonly TaskCompletionSource<TAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected QueuedRequest(long number)
        : base(number)
    {
    }

    public Task<TAnswer> Answer => answer.Task;

    public void Complete(TAnswer value) => answer.TrySetResult(value);

    public override void Fail(Exception exception)
    {
        answer.TrySetException(exception);

        // Whoever asked may have given up; that nobody looks is no fault then.
        _ = answer.Task.Exception;
    }
}
