namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: forget an engine's session.</summary>
/// <param name="Request">Echoed in ResetDone.</param>
/// <param name="Engine">null for all engines.</param>
internal sealed record ResetMessage(long Request, string? Engine) : IMessage;
