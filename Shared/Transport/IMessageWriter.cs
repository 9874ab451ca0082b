using ProcInterrupt.Messages;

namespace ProcInterrupt.Transport;

/// <summary>The sending half of the pipe.</summary>
internal interface IMessageWriter
{
    /// <summary>Encodes and writes one whole frame, and flushes. Called by one thread at a time.</summary>
    /// <exception cref="ProtocolException">The message does not fit in a frame.</exception>
    /// <exception cref="IOException">The other side is gone.</exception>
    void Write(IMessage message);
}
