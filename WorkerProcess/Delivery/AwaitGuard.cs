using System.Runtime.Versioning;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Makes an await end when the run is interrupted, though what it awaits may never be over.</summary>
/// <remarks>
/// The guarded task ends as the awaited one does, or fails with the interrupt, whichever is first. In clean-up only insist
/// ends it. Code of a run that ended by itself is left alone.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static class AwaitGuard
{
    /// <returns>The task itself when there is nothing to guard.</returns>
    public static Task Of(Task task)
    {
        if (task.IsCompleted || FindScope() is not { } scope)
        {
            return task;
        }

        var guard = new Plain(task, scope);
        guard.Start(task);
        return guard.Task;
    }

    /// <inheritdoc cref="Of(Task)"/>
    public static Task<T> Of<T>(Task<T> task)
    {
        if (task.IsCompleted || FindScope() is not { } scope)
        {
            return task;
        }

        var guard = new Typed<T>(task, scope);
        guard.Start(task);
        return guard.Task;
    }

    /// <summary>Puts a guarded one in the place of the value task, which can be awaited once only.</summary>
    public static void Of(ref ValueTask task)
    {
        if (!task.IsCompleted && FindScope() is not null)
        {
            task = new ValueTask(Of(task.AsTask()));
        }
    }

    /// <inheritdoc cref="Of(ref ValueTask)"/>
    public static void Of<T>(ref ValueTask<T> task)
    {
        if (!task.IsCompleted && FindScope() is not null)
        {
            task = new ValueTask<T>(Of(task.AsTask()));
        }
    }

    private static RunScope? FindScope() => RunScope.Current is { CanBeInterrupted: true } scope ? scope : null;

    private abstract class Guard(RunScope scope) : IThreadPoolWorkItem
    {
        private CancellationTokenRegistration interrupt;

        public void Start(Task task)
        {
            interrupt = scope.AwaitToken(CleanupDepth.InCleanup).UnsafeRegister(static guard => ((Guard)guard!).OnInterrupt(), this);
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(OnCompleted);
        }

        void IThreadPoolWorkItem.Execute() => Fail(scope.CreateUnwindingException());

        protected abstract void Complete();

        protected abstract void Fail(Exception exception);

        private void OnCompleted()
        {
            interrupt.Unregister();
            Complete();
        }

        // What the code does then, clean-up without end perhaps, must not hold up the other guards.
        private void OnInterrupt() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private sealed class Plain(Task awaited, RunScope scope) : Guard(scope)
    {
        private readonly TaskCompletionSource source = new();

        public Task Task => source.Task;

        protected override void Complete() => source.TrySetFromTask(awaited);

        protected override void Fail(Exception exception) => source.TrySetException(exception);
    }

    private sealed class Typed<T>(Task<T> awaited, RunScope scope) : Guard(scope)
    {
        private readonly TaskCompletionSource<T> source = new();

        public Task<T> Task => source.Task;

        protected override void Complete() => source.TrySetFromTask(awaited);

        protected override void Fail(Exception exception) => source.TrySetException(exception);
    }
}
