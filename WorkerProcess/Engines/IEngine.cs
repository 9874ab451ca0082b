namespace ProcInterrupt.WorkerProcess.Engines;

/// <summary>What understands one language inside a worker. One session; all calls come from the run thread, one at a time.</summary>
internal interface IEngine
{
    EngineInfo Info { get; }

    /// <summary>Called once on the run thread before the first run, so that the first run finds code compiled already.</summary>
    /// <param name="wanted">Asked between steps; false once a run waits, which is then the better warm-up.</param>
    void WarmUp(Func<bool> wanted);

    /// <summary>Executes one program to its end, however it ends.</summary>
    /// <param name="request">What to execute.</param>
    /// <param name="scope">The run's delivery scope: phases, cancellation of host work, waiting for a task.</param>
    /// <returns>What came out. Whether the run was interrupted is the scope's to say, never the exception's.</returns>
    EngineResult Execute(EngineRequest request, IRunScope scope);

    /// <summary>Forgets the session.</summary>
    void Reset();
}
