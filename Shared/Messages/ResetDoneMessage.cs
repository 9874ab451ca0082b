namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the session was reset, or why not.</summary>
/// <param name="Request">From Reset.</param>
/// <param name="Error">null when done.</param>
internal sealed record ResetDoneMessage(long Request, string? Error) : IMessage;
