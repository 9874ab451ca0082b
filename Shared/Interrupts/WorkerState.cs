namespace ProcInterrupt.Interrupts;

/// <summary>What the worker writes beside the current run; diagnostics only.</summary>
internal enum WorkerState
{
    Idle = 0,
    Running = 1,
    Raising = 2,
}
