using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <inheritdoc cref="ValueTaskCalls"/>
[Replaces(typeof(ValueTask<>), Scope = ReplacementScope.OutsideAsync)]
public static class ValueTaskOfTCalls
{
    public static ValueTaskAwaiter<T> GetAwaiter<T>(ref ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter() : GetGuardedAwaiter(task);

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
