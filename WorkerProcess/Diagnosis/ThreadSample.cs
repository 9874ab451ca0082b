namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>Where a thread was.</summary>
/// <param name="Addresses">Of its managed frames, innermost first.</param>
/// <param name="InManagedCode">It executed .NET code; otherwise it was in native code, or in the kernel, that .NET code had called.</param>
internal sealed record ThreadSample(nint[] Addresses, bool InManagedCode);
