namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: end; a run in progress is interrupted with reason Shutdown.</summary>
internal sealed record ShutdownMessage() : IMessage;
