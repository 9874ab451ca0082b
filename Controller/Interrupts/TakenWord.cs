namespace ProcInterrupt.Interrupts;

/// <summary>A word that the run took and has not dealt with.</summary>
/// <param name="Word">As it was taken.</param>
/// <param name="AtNanos">When, by the worker's word.</param>
/// <param name="Group">The group it stood for; null for a stranger's and for the worker's own (a deadline).</param>
internal readonly record struct TakenWord(InterruptWord Word, long AtNanos, InterruptGroup? Group);
