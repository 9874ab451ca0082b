using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

[Replaces(typeof(Task<>))]
public static class TaskOfTCalls
{
    public static T Result<T>(Task<T> task)
    {
        BlockedTask.Complete(task);
        return task.Result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TaskAwaiter<T> GetAwaiter<T>(Task<T> task) => (task.IsCompleted ? task : AwaitGuard.Of(task)).GetAwaiter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ConfiguredTaskAwaitable<T> ConfigureAwait<T>(Task<T> task, bool continueOnCapturedContext) =>
        (task.IsCompleted ? task : AwaitGuard.Of(task)).ConfigureAwait(continueOnCapturedContext);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ConfiguredTaskAwaitable<T> ConfigureAwait<T>(Task<T> task, ConfigureAwaitOptions options) =>
        (task.IsCompleted ? task : AwaitGuard.Of(task)).ConfigureAwait(options);
}
