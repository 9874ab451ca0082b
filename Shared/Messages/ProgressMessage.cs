namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: how far the run is.</summary>
/// <param name="Run">The run.</param>
/// <param name="Fraction">0 to 1.</param>
/// <param name="Message">What is being done, or null.</param>
internal sealed record ProgressMessage(uint Run, double Fraction, string? Message) : IMessage;
