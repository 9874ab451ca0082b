namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Why a run's threads are made to unwind: the truth about a run, whatever became of the exceptions.</summary>
internal enum Unwinding
{
    None,
    Interrupt,
    Exit,
}
