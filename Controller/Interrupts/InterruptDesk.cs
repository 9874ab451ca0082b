using ProcInterrupt.Transport;

namespace ProcInterrupt.Interrupts;

/// <summary>Where requests to interrupt the run in the worker are handed in, and receipts for them are made out.</summary>
/// <remarks>
/// <para>
/// One group of requests stands in the word; requests for the same join it as long as it stands there, others wait here in
/// their order, insist replaces. Receipts come from the worker's frames only, which arrive in the order of the facts.
/// </para>
/// <para>
/// A word with a run number is always one of ours, even if a stranger has changed its byte 0 (that is all that strangers are
/// to write). So while the word has the run's number, the group written last has not been taken; and the words with a run
/// number that the worker says it took are the written groups, one by one.
/// </para>
/// <para>Not thread-safe: the owner calls under its lock. Does no I/O and never blocks. What the word and the frames hold is hostile.</para>
/// </remarks>
internal sealed partial class InterruptDesk
{
    // A stranger may let the run take words without end.
    private const int MaxTakenFromStrangers = 1024;

    private readonly Action<InterruptReceipt> issued;
    private readonly List<InterruptGroup> waiting = [];
    private readonly List<InterruptGroup> written = [];
    private readonly List<TakenWord> taken = [];

    // Requests that stand in no word any more, or never did, and wait for the end.
    private readonly List<(InterruptRequest Request, TakenWord? Taken)> aside = [];

    // Rungs beyond the word, which are everybody's.
    private readonly List<(InterruptRung Rung, long AtNanos)> beyond = [];
    private IInterruptTarget? target;
    private uint run;
    private bool started;
    private int swapsUnderWay;
    private int takenFromStrangers;
    private long lastOrder;

    /// <param name="issued">Told of each receipt, in the order of issue, after whoever waits for it.</param>
    public InterruptDesk(Action<InterruptReceipt> issued) => this.issued = issued;

    /// <summary>The next requests are for this run; called before it is sent to the worker.</summary>
    public void Begin(uint number)
    {
        if (run != 0)
        {
            throw new InvalidOperationException($"Run {run} has not ended.");
        }

        run = number;
        started = false;
    }

    /// <summary>The worker has begun with the run, and has discarded what stood in the word for others.</summary>
    public void Started()
    {
        started = true;
        PlaceWaiting();
    }

    /// <summary>A request for the run of <see cref="Begin"/>.</summary>
    public void Request(InterruptRequest request)
    {
        if (request.Run != run)
        {
            throw new InvalidOperationException($"The request is for run {request.Run}, and run {run} is at the desk.");
        }

        request.Order = ++lastOrder;
        request.Climb(request.Rung, request.AtNanos);
        if (request.Rung > InterruptRung.Insist)
        {
            aside.Add((request, null));
            return;
        }

        var group = new InterruptGroup(request);
        if (group.IsInsist)
        {
            PlaceInsist(group);
            return;
        }

        PlaceWaiting();
        if (waiting.Count > 0 || !TryPlace(group))
        {
            WaitLast(group);
        }
    }

    /// <summary>A request that was handed in climbs to insist; one that has climbed insists again.</summary>
    public void Insist(InterruptRequest request)
    {
        var group = new InterruptGroup(run, request.Signal, InterruptRung.Insist);
        if (request.HighestRung < InterruptRung.Insist)
        {
            request.Climb(InterruptRung.Insist, MonotonicClock.Nanos);
            group.Requests.Add(request);
        }

        PlaceInsist(group);
    }

    /// <summary>A rung beyond the word has begun: whatever becomes of the run's requests, it is in their receipts.</summary>
    public void Climb(InterruptRung rung) => beyond.Add((rung, MonotonicClock.Nanos));

    /// <summary>A shield holds off what stands in the word.</summary>
    /// <param name="word">As it stands.</param>
    public void Deferred(InterruptWord word)
    {
        if (word.Run == run && written.Count > 0 && written[0].AsksTheSameAs(word))
        {
            written[0].Defer();
        }
    }

    /// <summary>The run took a word.</summary>
    /// <param name="word">As it was taken.</param>
    /// <param name="atNanos">When, by the worker's word.</param>
    /// <exception cref="ProtocolException">The word asks for nothing.</exception>
    public void Taken(InterruptWord word, long atNanos)
    {
        if (!word.HasRequest)
        {
            throw new ProtocolException($"The worker says that run {run} took an empty word.");
        }

        InterruptGroup? group = null;
        if (word.Run == run && written.Count > 0)
        {
            group = written[0];
            written.RemoveAt(0);
            if (!group.AsksTheSameAs(word))
            {
                // A stranger wrote byte 0 over it, so the run took the stranger's signal and not ours.
                WaitFirst(group);
                group = null;
            }
            else if (group.Requests.Count == 0)
            {
                group = null;
            }
        }

        taken.Add(new TakenWord(word.WithoutTrip, atNanos, group));
        if (group is null && ++takenFromStrangers > MaxTakenFromStrangers)
        {
            taken.RemoveAt(taken.FindIndex(entry => entry.Group is null));
            takenFromStrangers--;
        }

        PlaceWaiting();
    }

    /// <summary>The run dealt with a word that it took, and goes on.</summary>
    /// <param name="word">As it was taken.</param>
    public void Handled(InterruptWord word)
    {
        var index = taken.FindIndex(entry => entry.Word == word.WithoutTrip);
        if (index < 0)
        {
            return;
        }

        var entry = taken[index];
        taken.RemoveAt(index);
        if (entry.Group is null)
        {
            takenFromStrangers--;
            return;
        }

        foreach (var request in entry.Group.Requests)
        {
            if (request.UntilEnd)
            {
                aside.Add((request, entry));
            }
            else
            {
                issued(request.Settle(ReceiptStatus.Handled, entry.Group.Word.Rung, entry.AtNanos));
            }
        }
    }

    /// <summary>The run is over: settles every request for it, and takes what is left of it out of the word.</summary>
    /// <param name="interrupted">Whether the run ended by an interrupt.</param>
    /// <param name="unwoundNanos">When it had unwound, by the worker's word.</param>
    public void End(bool interrupted, long unwoundNanos)
    {
        Withdraw(target);
        var status = interrupted ? ReceiptStatus.Interrupted : ReceiptStatus.Handled;
        SettleAll((request, rung, takenNanos) => rung is { } reached
            ? request.Settle(status, reached, takenNanos, interrupted ? unwoundNanos : null)
            : request.Settle(ReceiptStatus.TooLate, request.HighestRung));
    }

    /// <summary>The worker is gone: settles every request in the same way.</summary>
    /// <param name="status">How the worker ended.</param>
    /// <param name="rung">How far up the ladder that was; null where it was on nobody's request.</param>
    public void Close(ReceiptStatus status, InterruptRung? rung)
    {
        target = null;
        swapsUnderWay = 0;
        SettleAll((request, _, takenNanos) => request.Settle(status, rung ?? request.HighestRung, takenNanos));
    }

    /// <summary>The worker is told to poll another word; <see cref="SetTarget"/> or <see cref="KeepTarget"/> follows.</summary>
    public void BeginSwap() => swapsUnderWay++;

    /// <summary>The worker could not, and polls the old word.</summary>
    public void KeepTarget()
    {
        swapsUnderWay--;
        PlaceWaiting();
    }

    /// <summary>The worker says that it polls another word from now on, or none; with none, requests wait.</summary>
    /// <remarks>
    /// Frames come in order, so what it has not said it took, it did not take: all that was written is submitted again. The
    /// worker leaves words with a run number where they are when it drains the old buffer.
    /// </remarks>
    public void SetTarget(IInterruptTarget? replacement)
    {
        swapsUnderWay--;
        var left = run == 0 ? default : Withdraw(target);
        target = replacement;
        var again = written.ToList();
        written.Clear();
        if (again.Count > 0 && left.HasRequest && !again[^1].AsksTheSameAs(left) && IsSignal(left))
        {
            // A stranger wrote byte 0 over ours, and the worker has not seen it.
            again.Add(new InterruptGroup(run, left.Signal, left.Rung));
        }

        again.Reverse();
        again.ForEach(WaitFirst);
        PlaceWaiting();
    }

    /// <param name="settle">Told of a request, the highest rung at which the run took it and when it did first; nothing when it did not.</param>
    private void SettleAll(Func<InterruptRequest, InterruptRung?, long?, InterruptReceipt> settle)
    {
        var all = new List<(InterruptRequest Request, TakenWord? Taken)>(aside);
        all.AddRange(taken.Where(entry => entry.Group is not null).SelectMany(entry => entry.Group!.Requests, (entry, request) => (request, (TakenWord?)entry)));
        all.AddRange(written.Concat(waiting).SelectMany(group => group.Requests, (_, request) => (request, (TakenWord?)null)));
        aside.Clear();
        taken.Clear();
        written.Clear();
        waiting.Clear();
        takenFromStrangers = 0;
        run = 0;

        // One that climbed may stand in more than one place.
        foreach (var places in all.GroupBy(place => place.Request, place => place.Taken).OrderBy(places => places.Key.Order))
        {
            beyond.ForEach(begun => places.Key.Climb(begun.Rung, begun.AtNanos));
            issued(settle(places.Key, places.Max(word => word?.Word.Rung), places.Min(word => word?.AtNanos)));
        }

        beyond.Clear();
    }
}
