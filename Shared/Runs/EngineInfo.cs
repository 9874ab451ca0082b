namespace ProcInterrupt;

/// <summary>An engine of a worker: what understands one language.</summary>
/// <param name="Name">The name that runs ask for, such as <c>csharp</c>.</param>
/// <param name="Version">The language's or the compiler's version; empty when unavailable.</param>
/// <param name="Unavailable">Why it cannot be used and what to install, or <see langword="null"/>.</param>
public sealed record EngineInfo(string Name, string Version, string? Unavailable);
