namespace ProcInterrupt.Cli.Session;

/// <summary>Forget an engine's session.</summary>
/// <param name="Engine">The engine's name; <see langword="null"/> for all of them.</param>
internal sealed record ResetLine(string? Engine) : SessionRequest;
