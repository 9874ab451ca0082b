namespace ProcInterrupt.WorkerProcess.Engines;

/// <summary>What understands one language inside a worker. One session; all calls come from the run thread, one at a time.</summary>
internal interface IEngine
{
    EngineInfo Info { get; }

    /// <summary>Whether the handlers that its code sets for signals are in a table of its own, and not with <see cref="Interrupt.Handle"/>.</summary>
    bool KeepsHandlers { get; }

    /// <summary>Called once on the run thread before the first run, so that the first run finds code compiled already.</summary>
    /// <param name="wanted">Asked between steps; false once a run waits, which is then the better warm-up.</param>
    void WarmUp(Func<bool> wanted);

    /// <summary>Executes one program to its end, however it ends.</summary>
    /// <param name="request">What to execute.</param>
    /// <param name="scope">The run's delivery scope: phases, cancellation of host work, waiting for a task.</param>
    /// <returns>What came out. Whether the run was interrupted is the scope's to say, never the exception's.</returns>
    EngineResult Execute(EngineRequest request, IRunScope scope);

    /// <summary>Whether code can be run as it is. Executes nothing and changes nothing in the session; no run is current.</summary>
    /// <param name="code">What was typed so far, or the lines of a script so far; lines end with a line feed, the last one may lack it.</param>
    /// <returns>
    /// <see cref="CodeStatus.Incomplete"/> only if more text can make it right: the lines of a script are added one by one
    /// for as long. Where an empty line ends a block, the code that is asked about then ends with a line feed.
    /// <see cref="CodeCompleteness.MayContinue"/> where code is complete but the line after it may belong to it: it does if
    /// that line is <see cref="CodeStatus.Invalid"/> by itself, and is not together with the code.
    /// </returns>
    CodeCompleteness IsComplete(string code);

    /// <summary>What can stand at a place in code, the session's names included. Executes nothing; no run is current.</summary>
    /// <param name="code">What was typed.</param>
    /// <param name="position">The place, in UTF-16 units, within the code.</param>
    /// <returns>
    /// Whole names, each of which replaces the text from the start to the end; an empty list where none fits. More than
    /// 1,000 are cut off by the caller, so the better ones come first.
    /// </returns>
    Completions Complete(string code, int position);

    /// <summary>Forgets the session.</summary>
    void Reset();
}
