using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>
/// An <c>async</c> iterator must not be disposed of in the middle of a step, so the step is waited for; an interrupt reaches
/// it too. What another enumerator does in a step, only the task behind it can tell.
/// </remarks>
[Replaces(typeof(IAsyncEnumerator<>))]
public static class AsyncEnumeratorCalls
{
    public static ValueTask<bool> MoveNextAsync<T>(IAsyncEnumerator<T> enumerator)
    {
        var step = enumerator.MoveNextAsync();
        return step.IsCompleted ? step : Guard(step, enumerator);
    }

    /// <summary>A step that is not over, guarded.</summary>
    internal static ValueTask<bool> Guard<T>(ValueTask<bool> step, IAsyncEnumerator<T> enumerator)
    {
        var task = step.AsTask();
        return new ValueTask<bool>(AwaitGuard.Of(task, enumerator is IAsyncStateMachine or IEndsByItself || AwaitedTask.EndsByItself(task)));
    }
}
