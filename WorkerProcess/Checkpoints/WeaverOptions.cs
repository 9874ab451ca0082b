namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>What the weaver writes into code as constants; fixed for the worker's life.</summary>
/// <param name="WordAddress">Where the interrupt word is mapped.</param>
/// <param name="RunStackLow">The lowest address of the run thread's stack that code may reach: its limit plus the headroom of 1 MB.</param>
/// <param name="RunStackSize">Bytes from <paramref name="RunStackLow"/> to the top of that stack.</param>
/// <param name="Hooks">The type with the methods of <see cref="WovenCode"/>; tests put a double in its place.</param>
/// <param name="Replacements">What is called in place of the framework's methods.</param>
internal sealed record WeaverOptions(nint WordAddress, nuint RunStackLow, nuint RunStackSize, Type Hooks, ReplacementTable Replacements);
