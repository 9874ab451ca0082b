using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>In slices: the collection inside may be the user's, and an item taken is counted after it was.</remarks>
[Replaces(typeof(BlockingCollection<>))]
public static class BlockingCollectionCalls
{
    public static void Add<T>(BlockingCollection<T> collection, T item) => Add(collection, item, CancellationToken.None);

    public static void Add<T>(BlockingCollection<T> collection, T item, CancellationToken cancellationToken) =>
        TryAdd(collection, item, Timeout.Infinite, cancellationToken);

    public static bool TryAdd<T>(BlockingCollection<T> collection, T item, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? TryAdd(collection, item, millisecondsTimeout, CancellationToken.None)
        : collection.TryAdd(item, millisecondsTimeout);

    public static bool TryAdd<T>(BlockingCollection<T> collection, T item, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? TryAdd(collection, item, milliseconds)
        : collection.TryAdd(item, timeout);

    public static bool TryAdd<T>(BlockingCollection<T> collection, T item, int millisecondsTimeout, CancellationToken cancellationToken) =>
        Timeouts.Wait(millisecondsTimeout)
            ? SlicedWait.Run(
                (collection, item, cancellationToken),
                millisecondsTimeout,
                static (s, slice) => s.collection.TryAdd(s.item, slice, s.cancellationToken))
            : collection.TryAdd(item, millisecondsTimeout, cancellationToken);

    public static int AddToAny<T>(BlockingCollection<T>[] collections, T item) => AddToAny(collections, item, CancellationToken.None);

    public static int AddToAny<T>(BlockingCollection<T>[] collections, T item, CancellationToken cancellationToken) =>
        TryAddToAny(collections, item, Timeout.Infinite, cancellationToken);

    public static int TryAddToAny<T>(BlockingCollection<T>[] collections, T item, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? TryAddToAny(collections, item, millisecondsTimeout, CancellationToken.None)
        : BlockingCollection<T>.TryAddToAny(collections, item, millisecondsTimeout);

    public static int TryAddToAny<T>(BlockingCollection<T>[] collections, T item, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? TryAddToAny(collections, item, milliseconds)
        : BlockingCollection<T>.TryAddToAny(collections, item, timeout);

    public static int TryAddToAny<T>(BlockingCollection<T>[] collections, T item, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        var wait = Timeouts.Wait(millisecondsTimeout);
        var index = BlockingCollection<T>.TryAddToAny(collections, item, wait ? 0 : millisecondsTimeout, cancellationToken);
        return wait && index < 0 ? WaitToAdd(collections, item, millisecondsTimeout, cancellationToken) : index;
    }

    public static T Take<T>(BlockingCollection<T> collection) => Take(collection, CancellationToken.None);

    public static T Take<T>(BlockingCollection<T> collection, CancellationToken cancellationToken) =>
        TryTake(collection, out var item, Timeout.Infinite, cancellationToken) ? item : collection.Take(cancellationToken);

    public static bool TryTake<T>(BlockingCollection<T> collection, [MaybeNullWhen(false)] out T item, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? TryTake(collection, out item, millisecondsTimeout, CancellationToken.None)
        : collection.TryTake(out item, millisecondsTimeout);

    public static bool TryTake<T>(BlockingCollection<T> collection, [MaybeNullWhen(false)] out T item, TimeSpan timeout) =>
        Timeouts.Wait(timeout, out var milliseconds)
            ? TryTake(collection, out item, milliseconds)
            : collection.TryTake(out item, timeout);

    public static bool TryTake<T>(
        BlockingCollection<T> collection,
        [MaybeNullWhen(false)] out T item,
        int millisecondsTimeout,
        CancellationToken cancellationToken)
    {
        var wait = Timeouts.Wait(millisecondsTimeout);
        return collection.TryTake(out item, wait ? 0 : millisecondsTimeout, cancellationToken)
            || (wait && WaitToTake(collection, out item, millisecondsTimeout, cancellationToken));
    }

    public static int TakeFromAny<T>(BlockingCollection<T>[] collections, out T? item) => TakeFromAny(collections, out item, CancellationToken.None);

    public static int TakeFromAny<T>(BlockingCollection<T>[] collections, out T? item, CancellationToken cancellationToken)
    {
        var index = TryTakeFromAny(collections, out item, Timeout.Infinite, cancellationToken);
        return index >= 0 ? index : BlockingCollection<T>.TakeFromAny(collections, out item, cancellationToken);
    }

    public static int TryTakeFromAny<T>(BlockingCollection<T>[] collections, out T? item, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? TryTakeFromAny(collections, out item, millisecondsTimeout, CancellationToken.None)
        : BlockingCollection<T>.TryTakeFromAny(collections, out item, millisecondsTimeout);

    public static int TryTakeFromAny<T>(BlockingCollection<T>[] collections, out T? item, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? TryTakeFromAny(collections, out item, milliseconds)
        : BlockingCollection<T>.TryTakeFromAny(collections, out item, timeout);

    public static int TryTakeFromAny<T>(BlockingCollection<T>[] collections, out T? item, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        var wait = Timeouts.Wait(millisecondsTimeout);
        var index = BlockingCollection<T>.TryTakeFromAny(collections, out item, wait ? 0 : millisecondsTimeout, cancellationToken);
        return wait && index < 0 ? WaitToTake(collections, out item, millisecondsTimeout, cancellationToken) : index;
    }

    public static IEnumerable<T> GetConsumingEnumerable<T>(BlockingCollection<T> collection) => GetConsumingEnumerable(collection, CancellationToken.None);

    /// <remarks>Whoever moves it waits so that an interrupt wakes it, framework code as well (<c>Parallel.ForEach</c>).</remarks>
    public static IEnumerable<T> GetConsumingEnumerable<T>(BlockingCollection<T> collection, CancellationToken cancellationToken)
    {
        return collection is null ? collection!.GetConsumingEnumerable(cancellationToken) : Consume();

        IEnumerable<T> Consume()
        {
            while (!collection.IsCompleted)
            {
                if (TryTake(collection, out var item, Timeout.Infinite, cancellationToken))
                {
                    yield return item;
                }
            }
        }
    }

    private static int WaitToAdd<T>(BlockingCollection<T>[] collections, T item, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        var index = -1;
        SlicedWait.Run(
            0,
            millisecondsTimeout,
            (_, slice) => (index = BlockingCollection<T>.TryAddToAny(collections, item, slice, cancellationToken)) >= 0);
        return index;
    }

    private static bool WaitToTake<T>(
        BlockingCollection<T> collection,
        [MaybeNullWhen(false)] out T item,
        int millisecondsTimeout,
        CancellationToken cancellationToken)
    {
        T? taken = default;
        var isTaken = false;
        SlicedWait.Run(
            0,
            millisecondsTimeout,
            (_, slice) => (isTaken = collection.TryTake(out taken, slice, cancellationToken)) || collection.IsCompleted);
        item = taken;
        return isTaken;
    }

    private static int WaitToTake<T>(BlockingCollection<T>[] collections, out T? item, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        T? taken = default;
        var index = -1;
        SlicedWait.Run(
            0,
            millisecondsTimeout,
            (_, slice) => (index = BlockingCollection<T>.TryTakeFromAny(collections, out taken, slice, cancellationToken)) >= 0
                || Array.TrueForAll(collections, static c => c.IsCompleted));
        item = taken;
        return index;
    }
}
