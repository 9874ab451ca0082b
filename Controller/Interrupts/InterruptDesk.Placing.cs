namespace ProcInterrupt.Interrupts;

/// <content>What stands in the word, and what waits for it.</content>
internal sealed partial class InterruptDesk
{
    // A stranger who rewrites the word without pause must not hold the owner's lock for ever; what cannot be placed waits.
    private const int MaxTries = 1000;

    // The same for one whose signals have to make room again and again.
    private const int MaxAskedForStrangers = 64;

    private int AskedForStrangers() => written.Count(IsForStranger) + waiting.Count(IsForStranger);

    private static bool IsForStranger(InterruptGroup group) => group.Requests.Count == 0;

    private static bool IsSignal(InterruptWord word) => word.Signal is > Signal.None and <= Signal.Max;

    /// <summary>Takes what is there of the run out of a word; a stranger's byte stays, for the worker to discard.</summary>
    /// <returns>What was there.</returns>
    private InterruptWord Withdraw(IInterruptTarget? from)
    {
        for (var tries = 0; from is not null && tries < MaxTries; tries++)
        {
            var word = from.ReadWord();
            if (word.Run != run)
            {
                break;
            }

            if (from.CompareExchangeWord(word.Cleared, word) == word)
            {
                return word.WithoutTrip;
            }
        }

        return default;
    }

    private void WaitLast(InterruptGroup group)
    {
        if (!JoinWaiting(group))
        {
            waiting.Add(group);
        }
    }

    /// <summary>Puts a group before the others, but a signal behind every insist: it could be deferred for long and hold them up.</summary>
    private void WaitFirst(InterruptGroup group)
    {
        if (!group.IsInsist)
        {
            waiting.Insert(waiting.TakeWhile(other => other.IsInsist).Count(), group);
        }
        else if (!JoinWaiting(group))
        {
            waiting.Insert(0, group);
        }
    }

    private bool JoinWaiting(InterruptGroup group)
    {
        var same = waiting.Find(other => other.AsksTheSameAs(group.Word));
        same?.Add(group);
        return same is not null;
    }

    /// <summary>Does not queue behind signals.</summary>
    private void PlaceInsist(InterruptGroup group)
    {
        if (!TryPlace(group))
        {
            WaitFirst(group);
        }
    }

    private void PlaceWaiting()
    {
        while (waiting.Count > 0)
        {
            // Taken off first: placing one may put another at the front.
            var first = waiting[0];
            waiting.RemoveAt(0);
            if (!TryPlace(first))
            {
                waiting.Insert(0, first);
                return;
            }
        }
    }

    /// <returns>Whether the group stands in the word, by itself or having joined the one that did; nothing is changed otherwise.</returns>
    private bool TryPlace(InterruptGroup group)
    {
        for (var tries = 0; target is not null && tries < MaxTries; tries++)
        {
            var word = target.ReadWord();
            var standing = word.Run == run && written.Count > 0 ? written[^1] : null;
            if (standing is not null && standing.AsksTheSameAs(group.Word))
            {
                // Also when a stranger has changed its byte 0: it is submitted again once the run has taken that.
                standing.Add(group);
                return true;
            }

            if (standing is not null && !group.IsInsist)
            {
                return false;
            }

            var foreign = word.Run == 0 && word.HasRequest && !group.AsksTheSameAs(word);
            if (foreign && (!started || swapsUnderWay > 0))
            {
                // The worker discards it before it begins, or has left it behind in the old buffer: RunStarted, or
                // InterruptBufferSet, tells.
                return false;
            }

            if (target.CompareExchangeWord(new InterruptWord(group.Word.Bits | word.Cleared.Bits), word) != word)
            {
                continue;
            }

            target.RingDoorbell();
            if (standing is not null)
            {
                GiveWay(standing, group);
            }

            if (foreign && IsSignal(word) && AskedForStrangers() < MaxAskedForStrangers)
            {
                // Never wait for a stranger's byte, which may go without a word; write over it and ask on the stranger's behalf.
                WaitFirst(new InterruptGroup(run, word.Signal, word.Rung));
            }

            written.Add(group);
            return true;
        }

        return false;
    }

    /// <summary>Insist has replaced the group that stood in the word.</summary>
    private void GiveWay(InterruptGroup standing, InterruptGroup insist)
    {
        written.RemoveAt(written.Count - 1);
        if (standing.Word.Signal == insist.Word.Signal)
        {
            var now = MonotonicClock.Nanos;
            standing.Requests.ForEach(request => request.Climb(InterruptRung.Insist, now));
            insist.Add(standing);
        }
        else
        {
            WaitFirst(standing);
        }
    }
}
