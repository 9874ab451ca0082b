using ProcInterrupt.Interrupts;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Code of a run that reaches no checkpoint of ours: another language's runtime, which comes and takes when it is told to.</summary>
internal interface IForeignCode
{
    /// <summary>Whether it has something of its own to deal with, beside the word.</summary>
    bool HasWork { get; }

    /// <summary>Whether it is calling .NET code, which may wait on the run's token.</summary>
    bool IsInDotNet { get; }

    /// <summary>Whether <see cref="Check"/> would take, if the calling thread called it.</summary>
    bool TakesHere { get; }

    /// <summary>What a signal means to it: raise, handle or ignore. Called under the desk's lock; must not call the desk.</summary>
    WordAction Decide(Signal signal);

    /// <summary>Something is there to be taken: make the code come for it. Called by the watcher, again and again until it is taken.</summary>
    void Attend();

    /// <summary>.NET code that the foreign code called looks for an interrupt.</summary>
    /// <exception cref="KeyboardInterruptException">The run is interrupted.</exception>
    void Check();

    /// <summary>How often the code has come to look for signals.</summary>
    int Looks { get; }

    /// <summary>The calls that the code is in, as its language shows them, and the innermost one's text; nulls when they cannot be had. Called by any thread, waits for at most some 400 ms.</summary>
    (string? Stack, string? Call) DescribeCalls();

    /// <summary>Whether it raises again and again, so that no clause can keep it.</summary>
    bool HasInsisted { get; }
}
