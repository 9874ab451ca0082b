namespace ProcInterrupt;

/// <summary>The code has something to show.</summary>
/// <param name="Run">The run.</param>
/// <param name="Data">The same thing by MIME type; binary types in base64.</param>
public sealed record DisplayEvent(Run? Run, IReadOnlyDictionary<string, string> Data) : RunEvent(Run);
