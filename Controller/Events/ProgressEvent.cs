namespace ProcInterrupt;

/// <summary>How far the code says it is.</summary>
/// <param name="Run">The run.</param>
/// <param name="Fraction">0 to 1.</param>
/// <param name="Message">What is being done, or <see langword="null"/>.</param>
public sealed record ProgressEvent(Run? Run, double Fraction, string? Message) : RunEvent(Run);
