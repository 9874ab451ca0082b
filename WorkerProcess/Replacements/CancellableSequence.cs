using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>A sequence of the framework's, of which a step is cancelled when an interrupt comes during it.</summary>
/// <remarks>
/// The sequence is not given the run's token itself: code that catches an interrupt between two steps goes on with the next
/// one, and a sequence that one run has made is read by another.
/// </remarks>
internal sealed class CancellableSequence<T>(IAsyncEnumerable<T> source) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Enumerator(source, cancellationToken);

    private sealed class Enumerator : IAsyncEnumerator<T>, IEndsByItself
    {
        private readonly CancellationToken given;
        private readonly CancellationTokenSource ending = new();
        private readonly CancellationTokenRegistration link;
        private readonly IAsyncEnumerator<T> source;
        private volatile bool interrupted;

        public Enumerator(IAsyncEnumerable<T> source, CancellationToken given)
        {
            this.given = given;
            link = given.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), ending);
            this.source = source.GetAsyncEnumerator(ending.Token);
        }

        public T Current => source.Current;

        public ValueTask<bool> MoveNextAsync()
        {
            var step = source.MoveNextAsync();
            return step.IsCompletedSuccessfully ? step : EndAsync(step, AwaitGuard.FindScope());
        }

        // The source of tokens is not: an interrupt may be on its way to it, and it holds nothing.
        public ValueTask DisposeAsync()
        {
            link.Unregister();
            return source.DisposeAsync();
        }

        private async ValueTask<bool> EndAsync(ValueTask<bool> step, RunScope? scope)
        {
            var registration = scope?.AwaitToken(CleanupDepth.InCleanup).UnsafeRegister(static enumerator => ((Enumerator)enumerator!).Interrupt(), this) ?? default;
            try
            {
                return await step.ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (interrupted)
            {
                throw scope!.CreateUnwindingException();
            }
            catch (OperationCanceledException canceled) when (given.IsCancellationRequested && canceled.CancellationToken == ending.Token)
            {
                // The code knows the token that it gave.
                throw new OperationCanceledException(canceled.Message, canceled, given);
            }
            finally
            {
                // Without waiting for the callback, which may be what goes on here.
                registration.Unregister();
            }
        }

        private void Interrupt()
        {
            interrupted = true;
            ending.Cancel();
        }
    }
}
