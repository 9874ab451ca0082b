namespace ProcInterrupt.Cli.Session;

/// <summary>Execute code.</summary>
/// <param name="Run">The client's own number, 1 and up.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Code">The program; may be empty.</param>
/// <param name="Deadline">Interrupt it after this time, or <see langword="null"/>.</param>
internal sealed record RunLine(long Run, string Engine, string Code, TimeSpan? Deadline) : SessionRequest;
