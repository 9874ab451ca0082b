using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Makes an await end when the run is interrupted, though what it awaits may never be over.</summary>
/// <remarks>
/// The guarded task ends as the awaited one does, or fails with the interrupt. Where the awaited task is itself code of the
/// run, it is interrupted too and ends by itself, so it is waited for: callers unwind after what they called. Only if it
/// does not end is it left behind. In clean-up nothing but insist ends an await. Code of a run that ended by itself is left alone.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static class AwaitGuard
{
    /// <summary>How long what is interrupted too may take to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>What guarded tasks carry, so that none is guarded twice.</summary>
    private static readonly object Mark = new();

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
        guard.Start(task);
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

    private static bool IsToBeGuarded(Task task, [NotNullWhen(true)] out RunScope? scope)
    {
        scope = task.IsCompleted || task.AsyncState == Mark ? null : FindScope();
        return scope is not null;
    }

    private abstract class Guard(RunScope scope, bool isPatient) : IThreadPoolWorkItem
    {
        private readonly bool cleanup = CleanupDepth.InCleanup;
        private int ended;
        private CancellationToken token;
        private CancellationTokenRegistration registration;

        protected abstract bool IsOver { get; }

        public void Start(Task task)
        {
            scope.GuardBegan();
            Watch();
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(OnCompleted);
        }

        void IThreadPoolWorkItem.Execute() => End();

        /// <param name="interrupted">The token whose cancellation is the interrupt.</param>
        protected abstract void EndAsTask(CancellationToken interrupted);

        protected abstract void EndInterrupted(Exception exception);

        protected Exception CreateException() => scope.CreateUnwindingException();

        private void Watch()
        {
            token = scope.AwaitToken(cleanup);
            registration = token.UnsafeRegister(static guard => ((Guard)guard!).OnInterrupt(), this);
        }

        private void OnCompleted()
        {
            registration.Unregister();
            EndAsTask(token);
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

    private sealed class Plain(Task awaited, RunScope scope, bool isPatient) : Guard(scope, isPatient)
    {
        private readonly TaskCompletionSource source = new(Mark);

        public Task Task => source.Task;

        protected override bool IsOver => Task.IsCompleted;

        protected override void EndAsTask(CancellationToken interrupted)
        {
            if (AwaitedTask.WasCanceledBy(awaited, interrupted))
            {
                source.TrySetException(CreateException());
            }
            else
            {
                source.TrySetFromTask(awaited);
            }
        }

        protected override void EndInterrupted(Exception exception) => source.TrySetException(exception);
    }

    private sealed class Typed<T>(Task<T> awaited, RunScope scope, bool isPatient) : Guard(scope, isPatient)
    {
        private readonly TaskCompletionSource<T> source = new(Mark);

        public Task<T> Task => source.Task;

        protected override bool IsOver => Task.IsCompleted;

        protected override void EndAsTask(CancellationToken interrupted)
        {
            if (AwaitedTask.WasCanceledBy(awaited, interrupted))
            {
                source.TrySetException(CreateException());
            }
            else
            {
                source.TrySetFromTask(awaited);
            }
        }

        protected override void EndInterrupted(Exception exception) => source.TrySetException(exception);
    }
}
