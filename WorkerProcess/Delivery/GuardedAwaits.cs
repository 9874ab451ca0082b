namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>The awaits of a run that an interrupt is to end. Safe from any thread; calls nobody under its lock.</summary>
internal sealed class GuardedAwaits
{
    private readonly Lock gate = new();
    private readonly LinkedList<GuardedAwait> waiting = new();
    private int open;

    /// <summary>Whether each that began is over, and the code behind it has gone on.</summary>
    public bool AreOver => Volatile.Read(ref open) == 0;

    public void Begin() => Interlocked.Increment(ref open);

    public void End() => Interlocked.Decrement(ref open);

    public void Add(GuardedAwait added)
    {
        lock (gate)
        {
            waiting.AddLast(added.Place);
        }
    }

    /// <returns>Whether it was on the list: what becomes of it is the caller's to see to.</returns>
    public bool Remove(GuardedAwait removed)
    {
        lock (gate)
        {
            if (removed.Place.List is null)
            {
                return false;
            }

            waiting.Remove(removed.Place);
            return true;
        }
    }

    /// <summary>Takes off the list what an interrupt ends, the youngest first.</summary>
    public List<GuardedAwait> TakeDue(bool unwindsForGood)
    {
        var due = new List<GuardedAwait>();
        lock (gate)
        {
            LinkedListNode<GuardedAwait>? earlier;
            for (var each = waiting.Last; each is not null; each = earlier)
            {
                earlier = each.Previous;
                if (each.Value.IsDue(unwindsForGood))
                {
                    waiting.Remove(each);
                    due.Add(each.Value);
                }
            }
        }

        return due;
    }

    /// <summary>Takes off the list the await that an exception ends which a handler threw: the youngest, rather one of what does not end by itself.</summary>
    public GuardedAwait? TakeForException()
    {
        lock (gate)
        {
            var taken = waiting.Last;
            for (var each = waiting.Last; each is not null; each = each.Previous)
            {
                if (each.Value.IsDue(unwindsForGood: false) && !each.Value.IsPatient)
                {
                    taken = each;
                    break;
                }
            }

            if (taken is not null)
            {
                waiting.Remove(taken);
            }

            return taken?.Value;
        }
    }
}
