namespace ProcInterrupt;

/// <summary>How a worker process ended.</summary>
/// <param name="ExitCode">What it returned, or <see langword="null"/> when a signal killed it.</param>
/// <param name="KilledBySignal">The operating system's number of the signal that killed it, or <see langword="null"/>.</param>
/// <param name="Message">What happened, for people: who ended it, the code or signal, and what it last wrote to its standard error.</param>
public sealed record WorkerExit(int? ExitCode, int? KilledBySignal, string Message)
{
    /// <summary>The budget that the worker was ended for, because its run had gone beyond it and did not stop; <see langword="null"/> for none.</summary>
    public InterruptReason? BudgetReason { get; init; }
}
