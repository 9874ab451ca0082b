using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>The receiver stays as it is: code may look at its variable again.</remarks>
[Replaces(typeof(ValueTask<>))]
public static class ValueTaskOfTCalls
{
    public static T Result<T>(ref ValueTask<T> task)
    {
        BlockedTask.Complete(ref task);
        return task.Result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ValueTaskAwaiter<T> GetAwaiter<T>(ref ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter() : GetGuardedAwaiter(task);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ConfiguredValueTaskAwaitable<T> ConfigureAwait<T>(ref ValueTask<T> task, bool continueOnCapturedContext) =>
        task.IsCompleted ? task.ConfigureAwait(continueOnCapturedContext) : ConfigureGuarded(task, continueOnCapturedContext);

    private static ValueTaskAwaiter<T> GetGuardedAwaiter<T>(ValueTask<T> task)
    {
        AwaitGuard.Of(ref task);
        return task.GetAwaiter();
    }

    private static ConfiguredValueTaskAwaitable<T> ConfigureGuarded<T>(ValueTask<T> task, bool continueOnCapturedContext)
    {
        AwaitGuard.Of(ref task);
        return task.ConfigureAwait(continueOnCapturedContext);
    }
}
