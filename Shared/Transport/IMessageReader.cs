using ProcInterrupt.Messages;

namespace ProcInterrupt.Transport;

/// <summary>The receiving half of the pipe.</summary>
internal interface IMessageReader
{
    /// <summary>Blocks for the next message. Called by one thread.</summary>
    /// <returns>The message, or <see langword="null"/> when the other side closed, or died, between two frames.</returns>
    /// <exception cref="ProtocolException">The frame is truncated, too long, or malformed; the connection is over.</exception>
    IMessage? Read();
}
