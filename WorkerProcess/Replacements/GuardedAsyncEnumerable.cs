using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>An asynchronous sequence whose next element is awaited so that an interrupt ends it.</summary>
internal sealed class GuardedAsyncEnumerable<T> : IAsyncEnumerable<T>
{
    private readonly IAsyncEnumerable<T> source;

    public GuardedAsyncEnumerable(IAsyncEnumerable<T> source) => this.source = source;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Enumerator(source.GetAsyncEnumerator(cancellationToken));

    private sealed class Enumerator : IAsyncEnumerator<T>
    {
        private readonly IAsyncEnumerator<T> source;

        public Enumerator(IAsyncEnumerator<T> source) => this.source = source;

        public T Current => source.Current;

        public ValueTask<bool> MoveNextAsync()
        {
            var next = source.MoveNextAsync();
            return next.IsCompleted ? next : AsyncEnumeratorCalls.Guard(next, source);
        }

        public ValueTask DisposeAsync() => source.DisposeAsync();
    }
}
