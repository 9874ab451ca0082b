namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>What the weaver made.</summary>
internal sealed record WovenAssembly(byte[] Assembly, byte[]? Symbols);
