using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ProcInterrupt.Events;

/// <summary>The events of one run, kept until they are read, within a bound for what the code can produce at will.</summary>
/// <remarks>Written to under the owner's lock; read by one reader, once, without it.</remarks>
internal sealed class RunEventStream
{
    /// <summary>What one event costs besides its text, so that a flood of empty ones is bounded too.</summary>
    private const int EventBytes = 128;

    private readonly Channel<Entry> channel = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly Run? run;
    private readonly long retention;
    private readonly bool dropsOldest;
    private long kept;
    private long dropped;
    private int enumerated;

    /// <param name="run">Whose events; null for the background's.</param>
    /// <param name="retention">How many bytes of droppable events are kept.</param>
    /// <param name="dropsOldest">Whether the oldest make room, or the newest are not let in.</param>
    public RunEventStream(Run? run, long retention, bool dropsOldest)
    {
        this.run = run;
        this.retention = retention;
        this.dropsOldest = dropsOldest;
    }

    /// <summary>Told, on the reader's thread, how many bytes of flow-controlled output it has taken.</summary>
    public Action<long>? OutputRead { get; set; }

    /// <summary>Told when the reader has come to the end or has given up.</summary>
    public Action? Abandoned { get; set; }

    /// <summary>Adds an event that is never dropped.</summary>
    public void Add(RunEvent item) => Write(new Entry(item, 0, 0, 0));

    /// <summary>Adds output that the worker waits with when it is not read; not dropped.</summary>
    public void AddWaitedFor(RunEvent item, long bytes) => Write(new Entry(item, 0, 0, bytes));

    /// <summary>Adds what is kept only within the bound.</summary>
    /// <param name="item">The event.</param>
    /// <param name="bytes">Its text, which is counted when it is dropped.</param>
    /// <param name="extra">What it takes to keep it besides that and what every event takes.</param>
    public void AddDroppable(RunEvent item, long bytes, long extra)
    {
        var cost = bytes + EventBytes + extra;
        if (Interlocked.Read(ref kept) + cost > retention && !(dropsOldest && MakeRoom(cost)))
        {
            Interlocked.Add(ref dropped, bytes);
            return;
        }

        Interlocked.Add(ref kept, cost);
        Write(new Entry(item, cost, bytes, 0));
    }

    /// <summary>No event follows. May be called twice.</summary>
    public void Complete() => channel.Writer.TryComplete();

    /// <summary>The events, to be enumerated once.</summary>
    /// <exception cref="InvalidOperationException">On the second enumeration.</exception>
    public async IAsyncEnumerable<RunEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref enumerated, 1) != 0)
        {
            throw new InvalidOperationException("The events can be enumerated once only.");
        }

        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (channel.Reader.TryRead(out var entry))
                {
                    Interlocked.Add(ref kept, -entry.Cost);
                    if (entry.WaitedForBytes > 0)
                    {
                        OutputRead?.Invoke(entry.WaitedForBytes);
                    }

                    if (dropsOldest && TakeDropped() is { } before)
                    {
                        yield return before;
                    }

                    yield return entry.Event;
                }
            }

            if (TakeDropped() is { } last)
            {
                yield return last;
            }
        }
        finally
        {
            Abandoned?.Invoke();
        }
    }

    private void Write(Entry entry)
    {
        if (!dropsOldest && TakeDropped() is { } before)
        {
            // In its place: after what was kept before, before what is kept from now on.
            channel.Writer.TryWrite(new Entry(before, 0, 0, 0));
        }

        channel.Writer.TryWrite(entry);
    }

    private OutputDroppedEvent? TakeDropped() =>
        Interlocked.Exchange(ref dropped, 0) is > 0 and var bytes ? new OutputDroppedEvent(run, bytes) : null;

    private bool MakeRoom(long cost)
    {
        while (Interlocked.Read(ref kept) + cost > retention && channel.Reader.TryRead(out var oldest))
        {
            Interlocked.Add(ref kept, -oldest.Cost);
            Interlocked.Add(ref dropped, oldest.Bytes);
        }

        return Interlocked.Read(ref kept) + cost <= retention;
    }

    private readonly record struct Entry(RunEvent Event, long Cost, long Bytes, long WaitedForBytes);
}
