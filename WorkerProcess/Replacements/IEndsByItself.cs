namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>An enumerator of the worker's own whose steps end when the run is interrupted.</summary>
internal interface IEndsByItself;
