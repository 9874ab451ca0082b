using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>An enumerator must not be disposed of in the middle of a step, so the step is waited for; an interrupt reaches it too.</remarks>
[Replaces(typeof(IAsyncEnumerator<>))]
public static class AsyncEnumeratorCalls
{
    public static ValueTask<bool> MoveNextAsync<T>(IAsyncEnumerator<T> enumerator)
    {
        var step = enumerator.MoveNextAsync();
        return step.IsCompleted ? step : new ValueTask<bool>(AwaitGuard.Of(step.AsTask(), endsByItself: true));
    }
}
