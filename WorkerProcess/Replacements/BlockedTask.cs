using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>Blocks until a task is complete, whatever became of it, so that an interrupt wakes the thread.</summary>
/// <remarks>
/// <c>Task.Wait</c> without a timeout and <c>Result</c> may run the task's delegate on the waiting thread, where it would be
/// broken off by a kick that is meant for the wait. So it is run before the region, by the framework's own method, which
/// knows when it may; and the wait in the region has a token, with which the framework does not do it. Both methods are
/// internal: waiting by the public ones would throw the task's exception here, where it is not asked for.
/// </remarks>
internal static class BlockedTask
{
    private static readonly CancellationTokenSource Never = new();

    /// <summary>With it a wait does not run the task.</summary>
    public static CancellationToken NoInlining => Never.Token;

    public static void Complete(Task task)
    {
        if (!task.IsCompleted)
        {
            Wait(task);
        }
    }

    /// <summary>The same for the task behind a value task. One with another source is not waited for: what its result is before it is there is the source's affair.</summary>
    public static void Complete(ref ValueTask task)
    {
        if (TaskFields.Source(ref task) is Task behind)
        {
            Complete(behind);
        }
    }

    /// <inheritdoc cref="Complete(ref ValueTask)"/>
    public static void Complete<T>(ref ValueTask<T> task)
    {
        if (TaskFieldsOfT<T>.Source(ref task) is Task behind)
        {
            Complete(behind);
        }
    }

    /// <summary>Runs the task here, if it was queued by this thread and nobody has begun it, or if its scheduler wants to.</summary>
    public static void TryInline(Task task)
    {
        if (!task.IsCompleted)
        {
            TryRunInline(AwaitGuard.Origin(task));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Wait(Task task)
    {
        TryInline(task);
        if (!task.IsCompleted)
        {
            WaitRegion.Run(task, static t => InternalWait(t, Timeout.Infinite, NoInlining));
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "WrappedTryRunInline")]
    private static extern bool TryRunInline(Task task);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern bool InternalWait(Task task, int millisecondsTimeout, CancellationToken cancellationToken);
}
