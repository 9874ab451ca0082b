namespace ProcInterrupt.Cli.Session;

/// <summary>End the session now.</summary>
internal sealed record ShutdownLine : SessionRequest;
