namespace ProcInterrupt.Messages;

/// <summary>Controller to worker: that much more output may be sent.</summary>
/// <param name="Bytes">Bytes of UTF-8, added to the credit left.</param>
internal sealed record OutputCreditMessage(long Bytes) : IMessage;
