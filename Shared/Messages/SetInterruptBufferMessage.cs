namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: map another interrupt buffer over the old one, or none.</summary>
/// <param name="Request">Echoed in InterruptBufferSet.</param>
/// <param name="Path">A path that opens as the map, such as /proc/PID/fd/N; null for no buffer.</param>
internal sealed record SetInterruptBufferMessage(long Request, string? Path) : IMessage;
