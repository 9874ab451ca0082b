using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>The receiver stays as it is: code may look at its variable again.</remarks>
[Replaces(typeof(ValueTask))]
public static class ValueTaskCalls
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ValueTaskAwaiter GetAwaiter(ref ValueTask task) => task.IsCompleted ? task.GetAwaiter() : GetGuardedAwaiter(task);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ConfiguredValueTaskAwaitable ConfigureAwait(ref ValueTask task, bool continueOnCapturedContext) =>
        task.IsCompleted ? task.ConfigureAwait(continueOnCapturedContext) : ConfigureGuarded(task, continueOnCapturedContext);

    private static ValueTaskAwaiter GetGuardedAwaiter(ValueTask task)
    {
        AwaitGuard.Of(ref task);
        return task.GetAwaiter();
    }

    private static ConfiguredValueTaskAwaitable ConfigureGuarded(ValueTask task, bool continueOnCapturedContext)
    {
        AwaitGuard.Of(ref task);
        return task.ConfigureAwait(continueOnCapturedContext);
    }
}
