using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

[Replaces(typeof(Task))]
public static class TaskCalls
{
    public static void Wait(Task task)
    {
        BlockedTask.Complete(task);
        task.Wait();
    }

    public static void Wait(Task task, CancellationToken cancellationToken) => Wait(task, Timeout.Infinite, cancellationToken);

    public static bool Wait(Task task, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? Wait(task, millisecondsTimeout, CancellationToken.None)
        : task.Wait(millisecondsTimeout);

    public static bool Wait(Task task, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? Wait(task, milliseconds)
        : task.Wait(timeout);

    public static bool Wait(Task task, TimeSpan timeout, CancellationToken cancellationToken) => Timeouts.Wait(timeout, out var milliseconds)
        ? Wait(task, milliseconds, cancellationToken)
        : task.Wait(timeout, cancellationToken);

    public static bool Wait(Task task, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        if (task.IsCompleted || !Timeouts.Wait(millisecondsTimeout))
        {
            return task.Wait(millisecondsTimeout, cancellationToken);
        }

        if (millisecondsTimeout == Timeout.Infinite && !cancellationToken.CanBeCanceled)
        {
            BlockedTask.Complete(task);
            return task.Wait(Timeout.Infinite, cancellationToken);
        }

        return WaitRegion.Run((task, cancellationToken), millisecondsTimeout, static (s, left) => s.task.Wait(left, s.cancellationToken));
    }

    public static void WaitAll(Task[] tasks) => WaitAll(tasks, Timeout.Infinite, CancellationToken.None);

    public static void WaitAll(ReadOnlySpan<Task> tasks) => WaitAll(tasks.ToArray());

    public static bool WaitAll(Task[] tasks, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? WaitAll(tasks, milliseconds)
        : Task.WaitAll(tasks, timeout);

    public static bool WaitAll(Task[] tasks, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? WaitAll(tasks, millisecondsTimeout, CancellationToken.None)
        : Task.WaitAll(tasks, millisecondsTimeout);

    public static void WaitAll(Task[] tasks, CancellationToken cancellationToken) => WaitAll(tasks, Timeout.Infinite, cancellationToken);

    public static void WaitAll(IEnumerable<Task> tasks, CancellationToken cancellationToken)
    {
        if (tasks is null)
        {
            Task.WaitAll(tasks!, cancellationToken);
        }
        else
        {
            WaitAll([.. tasks], Timeout.Infinite, cancellationToken);
        }
    }

    public static bool WaitAll(Task[] tasks, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        if (!Timeouts.Wait(millisecondsTimeout) || !HaveToWait(tasks))
        {
            return Task.WaitAll(tasks, millisecondsTimeout, cancellationToken);
        }

        if (millisecondsTimeout == Timeout.Infinite && !cancellationToken.CanBeCanceled)
        {
            // From the last to the first, as the framework does: the last was queued last, and nobody else is at it yet.
            for (var i = tasks.Length - 1; i >= 0; i--)
            {
                BlockedTask.TryInline(tasks[i]);
            }

            cancellationToken = BlockedTask.NoInlining;
        }

        return WaitRegion.Run((tasks, cancellationToken), millisecondsTimeout, static (s, left) => Task.WaitAll(s.tasks, left, s.cancellationToken));
    }

    public static int WaitAny(Task[] tasks) => WaitAny(tasks, Timeout.Infinite, CancellationToken.None);

    public static int WaitAny(Task[] tasks, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? WaitAny(tasks, milliseconds)
        : Task.WaitAny(tasks, timeout);

    public static int WaitAny(Task[] tasks, CancellationToken cancellationToken) => WaitAny(tasks, Timeout.Infinite, cancellationToken);

    public static int WaitAny(Task[] tasks, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? WaitAny(tasks, millisecondsTimeout, CancellationToken.None)
        : Task.WaitAny(tasks, millisecondsTimeout);

    /// <remarks>It runs none of the tasks.</remarks>
    public static int WaitAny(Task[] tasks, int millisecondsTimeout, CancellationToken cancellationToken) => Timeouts.Wait(millisecondsTimeout)
        ? WaitRegion.Run((tasks, cancellationToken), millisecondsTimeout, static (s, left) => Task.WaitAny(s.tasks, left, s.cancellationToken))
        : Task.WaitAny(tasks, millisecondsTimeout, cancellationToken);

    /// <remarks>Each is guarded, so that it is over when they are; waited for together, nobody would know which ends by itself.</remarks>
    public static Task WhenAll(Task[] tasks) => Task.WhenAll(tasks is null ? null! : Array.ConvertAll(tasks, AwaitGuard.OfOrNull));

    public static Task WhenAll(ReadOnlySpan<Task> tasks) => WhenAll(tasks.ToArray());

    public static Task WhenAll(IEnumerable<Task> tasks) => Task.WhenAll(tasks?.Select(AwaitGuard.OfOrNull)!);

    public static Task<T[]> WhenAll<T>(Task<T>[] tasks) => Task.WhenAll(tasks is null ? null! : Array.ConvertAll(tasks, AwaitGuard.OfOrNull));

    public static Task<T[]> WhenAll<T>(ReadOnlySpan<Task<T>> tasks) => WhenAll(tasks.ToArray());

    public static Task<T[]> WhenAll<T>(IEnumerable<Task<T>> tasks) => Task.WhenAll(tasks?.Select(AwaitGuard.OfOrNull)!);

    /// <remarks>The task that the function returns is guarded, since nobody can tell of the one that stands for it whether it ends by itself.</remarks>
    public static Task Run(Func<Task?> function) => Task.Run(Guarded(function));

    /// <inheritdoc cref="Run(Func{Task?})"/>
    public static Task Run(Func<Task?> function, CancellationToken cancellationToken) => Task.Run(Guarded(function), cancellationToken);

    /// <inheritdoc cref="Run(Func{Task?})"/>
    public static Task<T> Run<T>(Func<Task<T>?> function) => Task.Run(Guarded(function));

    /// <inheritdoc cref="Run(Func{Task?})"/>
    public static Task<T> Run<T>(Func<Task<T>?> function, CancellationToken cancellationToken) => Task.Run(Guarded(function), cancellationToken);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TaskAwaiter GetAwaiter(Task task) => !task.IsCompleted ? AwaitGuard.Of(task).GetAwaiter() : task.GetAwaiter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ConfiguredTaskAwaitable ConfigureAwait(Task task, bool continueOnCapturedContext) =>
        !task.IsCompleted ? AwaitGuard.Of(task).ConfigureAwait(continueOnCapturedContext) : task.ConfigureAwait(continueOnCapturedContext);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ConfiguredTaskAwaitable ConfigureAwait(Task task, ConfigureAwaitOptions options) =>
        !task.IsCompleted ? AwaitGuard.Of(task).ConfigureAwait(options) : task.ConfigureAwait(options);

    private static Func<Task?> Guarded(Func<Task?> function) => function is null ? function! : () => AwaitGuard.OfOrNull(function()!);

    private static Func<Task<T>?> Guarded<T>(Func<Task<T>?> function) => function is null ? function! : () => AwaitGuard.OfOrNull(function()!);

    // False also for what the framework refuses.
    private static bool HaveToWait(Task?[]? tasks)
    {
        if (tasks is null)
        {
            return false;
        }

        var wait = false;
        foreach (var task in tasks)
        {
            if (task is null)
            {
                return false;
            }

            wait |= !task.IsCompleted;
        }

        return wait;
    }
}
