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

        var guard = new GuardedTask(task, scope, endsByItself);
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

        var guard = new GuardedTask<T>(task, scope, endsByItself);
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
    public static Task Origin(Task task) => task.AsyncState is GuardedAwait guard ? guard.Awaited : task;

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
        scope = task.IsCompleted || task.AsyncState is GuardedAwait ? null : FindScope();
        return scope is not null;
    }
}
