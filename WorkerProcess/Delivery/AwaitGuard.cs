using System.Diagnostics.CodeAnalysis;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Makes an await end when the run is interrupted, though what it awaits may never be over.</summary>
/// <remarks>
/// The guarded task ends as the awaited one does, or fails with the interrupt. Where the awaited task is itself code of the
/// run, it is interrupted too and ends by itself, so it is waited for: callers unwind after what they called. Only if it
/// does not end is it left behind. In clean-up nothing but insist ends an await. Code of a run that ended by itself is left alone.
/// </remarks>
internal static class AwaitGuard
{
    /// <summary>How long what is interrupted too may take to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <returns>The task itself when there is nothing to guard.</returns>
    public static Task Of(Task task) => Of(task, AwaitedTask.EndsByItself(task));

    /// <inheritdoc cref="Of(Task)"/>
    public static Task<T> Of<T>(Task<T> task) => Of(task, AwaitedTask.EndsByItself(task));

    /// <summary>Guards a task of which the caller knows more.</summary>
    /// <param name="task">The task.</param>
    /// <param name="endsByItself">Whether an interrupt reaches what the task does.</param>
    public static Task Of(Task task, bool endsByItself)
    {
        if (!IsToBeGuarded(task, out var scope))
        {
            return task;
        }

        var guard = new Plain(task, scope, endsByItself);
        guard.Start();
        return guard.Task;
    }

    /// <inheritdoc cref="Of(Task, bool)"/>
    public static Task<T> Of<T>(Task<T> task, bool endsByItself)
    {
        if (!IsToBeGuarded(task, out var scope))
        {
            return task;
        }

        var guard = new Typed<T>(task, scope, endsByItself);
        guard.Start();
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

    /// <summary>The task that was guarded, or the task itself.</summary>
    public static Task Origin(Task task) => task.AsyncState is Guard guard ? guard.Awaited : task;

    /// <summary>For lists that the framework is to check.</summary>
    public static Task OfOrNull(Task task) => task is null ? task! : Of(task);

    /// <inheritdoc cref="OfOrNull(Task)"/>
    public static Task<T> OfOrNull<T>(Task<T> task) => task is null ? task! : Of(task);

    /// <summary>Guards what was given the run's token, which ends it.</summary>
    public static Task OfCancellable(Task task) =>
        task.IsCanceled && FindScope() is { Unwinding: not Unwinding.None } scope ? Task.FromException(scope.CreateUnwindingException()) : Of(task, endsByItself: true);

    /// <inheritdoc cref="OfCancellable(Task)"/>
    public static Task<T> OfCancellable<T>(Task<T> task) =>
        task.IsCanceled && FindScope() is { Unwinding: not Unwinding.None } scope ? Task.FromException<T>(scope.CreateUnwindingException()) : Of(task, endsByItself: true);

    /// <summary>The calling thread's run, if it can be interrupted.</summary>
    public static RunScope? FindScope() => RunScope.Current is { CanBeInterrupted: true } scope ? scope : null;

    private static bool IsToBeGuarded(Task task, [NotNullWhen(true)] out RunScope? scope)
    {
        scope = task.IsCompleted || task.AsyncState is Guard ? null : FindScope();
        return scope is not null;
    }

    private abstract class Guard(RunScope scope, bool isPatient) : IThreadPoolWorkItem
    {
        private readonly bool cleanup = CleanupDepth.InCleanup;
        private int ended;
        private CancellationToken token;
        private CancellationTokenRegistration registration;

        public abstract Task Awaited { get; }

        protected abstract bool IsOver { get; }

        public void Start()
        {
            scope.GuardBegan();
            Watch();
            Awaited.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(OnCompleted);
        }

        void IThreadPoolWorkItem.Execute() => End();

        protected abstract void EndAsTask();

        protected abstract void EndInterrupted(Exception exception);

        private void Watch()
        {
            token = scope.AwaitToken(cleanup);
            registration = token.UnsafeRegister(static guard => ((Guard)guard!).OnInterrupt(), this);
        }

        private void OnCompleted()
        {
            registration.Unregister();
            if (AwaitedTask.WasCanceledBy(Awaited, token))
            {
                EndInterrupted(scope.CreateUnwindingException());
            }
            else
            {
                EndAsTask();
            }

            TellEnded();
        }

        private void OnInterrupt()
        {
            if (isPatient)
            {
                _ = EndLaterAsync();
            }
            else
            {
                // What the code does then, clean-up without end perhaps, must not hold up the other guards.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }

        private async Task EndLaterAsync()
        {
            await Task.Delay(Patience).ConfigureAwait(false);
            End();
        }

        private void End()
        {
            if (scope.Unwinding != Unwinding.None)
            {
                EndInterrupted(scope.CreateUnwindingException());
                TellEnded();
            }
            else if (!IsOver)
            {
                // A catch clause elsewhere has dealt with it meanwhile: the await goes on, until the next one.
                Watch();
            }
        }

        // Once, by the task's end or the interrupt, after the code behind the await has gone on as far as it does at once.
        private void TellEnded()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
            {
                scope.GuardEnded();
            }
        }
    }

    private sealed class Plain : Guard
    {
        private readonly Task awaited;
        private readonly TaskCompletionSource source;

        public Plain(Task awaited, RunScope scope, bool isPatient)
            : base(scope, isPatient)
        {
            this.awaited = awaited;
            source = new TaskCompletionSource(this);
        }

        public Task Task => source.Task;

        public override Task Awaited => awaited;

        protected override bool IsOver => Task.IsCompleted;

        protected override void EndAsTask() => source.TrySetFromTask(awaited);

        protected override void EndInterrupted(Exception exception) => source.TrySetException(exception);
    }

    private sealed class Typed<T> : Guard
    {
        private readonly Task<T> awaited;
        private readonly TaskCompletionSource<T> source;

        public Typed(Task<T> awaited, RunScope scope, bool isPatient)
            : base(scope, isPatient)
        {
            this.awaited = awaited;
            source = new TaskCompletionSource<T>(this);
        }

        public Task<T> Task => source.Task;

        public override Task Awaited => awaited;

        protected override bool IsOver => Task.IsCompleted;

        protected override void EndAsTask() => source.TrySetFromTask(awaited);

        protected override void EndInterrupted(Exception exception) => source.TrySetException(exception);
    }
}
