namespace ProcInterrupt.Cli.Session;

/// <summary>Answer the oldest open input request of a run.</summary>
/// <param name="Run">The client's number of it.</param>
/// <param name="Text">A line without its end; <see langword="null"/> for the end of input.</param>
internal sealed record InputLine(long Run, string? Text) : SessionRequest;
