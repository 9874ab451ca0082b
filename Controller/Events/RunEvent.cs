namespace ProcInterrupt;

/// <summary>Something a run did, or what became of it.</summary>
/// <param name="Run">The run; <see langword="null"/> for what is left running after its run was over.</param>
public abstract record RunEvent(Run? Run);
