namespace ProcInterrupt.Interrupts;

/// <summary>Requests that go into the word together: the same run, signal and rung.</summary>
internal sealed class InterruptGroup
{
    private bool isDeferred;

    /// <summary>A group without requesters: a stranger's signal that had to make room in the word.</summary>
    public InterruptGroup(uint run, Signal signal, InterruptRung rung) => Word = new InterruptWord(run, signal, InterruptReason.User, rung);

    public InterruptGroup(InterruptRequest first)
        : this(first.Run, first.Signal, first.Rung) => Requests.Add(first);

    /// <summary>What is put into the word for them, without the trip byte.</summary>
    public InterruptWord Word { get; }

    public List<InterruptRequest> Requests { get; } = [];

    /// <summary>Joins another group's requesters to these; a request may come back to a group that it is in.</summary>
    public void Add(InterruptGroup other)
    {
        foreach (var request in other.Requests)
        {
            request.Deferred |= isDeferred;
            if (!request.UntilEnd || !Requests.Contains(request))
            {
                Requests.Add(request);
            }
        }
    }

    /// <summary>A shield of the run's holds it off, and whoever joins it while it stands in the word.</summary>
    public void Defer()
    {
        isDeferred = true;
        Requests.ForEach(static request => request.Deferred = true);
    }

    public bool IsInsist => Word.Rung == InterruptRung.Insist;

    /// <summary>Whether a word, or another group's, asks for the same. An insist does whatever its signal is.</summary>
    public bool AsksTheSameAs(InterruptWord word) => word.Rung == Word.Rung && (IsInsist || word.Signal == Word.Signal);
}
