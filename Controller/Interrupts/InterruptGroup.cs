namespace ProcInterrupt.Interrupts;

/// <summary>Requests that go into the word together: the same run, signal and rung.</summary>
internal sealed class InterruptGroup
{
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
            if (!request.UntilEnd || !Requests.Contains(request))
            {
                Requests.Add(request);
            }
        }
    }

    public bool IsInsist => Word.Rung == InterruptRung.Insist;

    /// <summary>Whether a word, or another group's, asks for the same. An insist does whatever its signal is.</summary>
    public bool AsksTheSameAs(InterruptWord word) => word.Rung == Word.Rung && (IsInsist || word.Signal == Word.Signal);
}
