using System.Runtime.CompilerServices;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>An <c>await foreach</c> over one of these awaits what only the source can be made to return.</remarks>
[Replaces(typeof(TaskAsyncEnumerableExtensions))]
public static class TaskAsyncEnumerableCalls
{
    public static ConfiguredCancelableAsyncEnumerable<T> WithCancellation<T>(IAsyncEnumerable<T> source, CancellationToken cancellationToken) =>
        Guard(source).WithCancellation(cancellationToken);

    public static ConfiguredCancelableAsyncEnumerable<T> ConfigureAwait<T>(IAsyncEnumerable<T> source, bool continueOnCapturedContext) =>
        Guard(source).ConfigureAwait(continueOnCapturedContext);

    public static IEnumerable<T> ToBlockingEnumerable<T>(IAsyncEnumerable<T> source, CancellationToken cancellationToken)
    {
        var enumerator = source.GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                var next = enumerator.MoveNextAsync().AsTask();
                BlockedTask.Complete(next);
                if (!next.GetAwaiter().GetResult())
                {
                    break;
                }

                yield return enumerator.Current;
            }
        }
        finally
        {
            var end = enumerator.DisposeAsync().AsTask();
            BlockedTask.Complete(end);
            end.GetAwaiter().GetResult();
        }
    }

    private static IAsyncEnumerable<T> Guard<T>(IAsyncEnumerable<T> source) => source is null ? source! : new GuardedAsyncEnumerable<T>(source);
}
