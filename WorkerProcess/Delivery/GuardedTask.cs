namespace ProcInterrupt.WorkerProcess.Delivery;

/// <inheritdoc cref="GuardedAwait"/>
internal sealed class GuardedTask : GuardedAwait
{
    private readonly Task awaited;
    private readonly TaskCompletionSource source;

    public GuardedTask(Task awaited, RunScope scope, bool isPatient)
        : base(scope, isPatient)
    {
        this.awaited = awaited;
        source = new TaskCompletionSource(this);
    }

    /// <summary>Ends as the awaited one does, or interrupted; its <see cref="Task.AsyncState"/> is this.</summary>
    public Task Task => source.Task;

    public override Task Awaited => awaited;

    protected override bool IsOver => source.Task.IsCompleted;

    protected override void EndAsTask() => source.TrySetFromTask(awaited);

    protected override void EndInterrupted(Exception exception) => source.TrySetException(exception);
}
