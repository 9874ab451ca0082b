namespace ProcInterrupt;

/// <summary>What the last expression of a run gave.</summary>
/// <param name="Text">As the language shows it: C# through Roslyn's formatter, Python's <c>repr</c>.</param>
/// <param name="Data">Other forms by MIME type; binary types in base64. May be empty.</param>
/// <param name="Typed">The value itself where it is a bool, long, double, string or byte[] (narrower numbers are widened); otherwise <see langword="null"/>.</param>
public sealed record RunValue(string Text, IReadOnlyDictionary<string, string> Data, object? Typed);
