using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>One frame of the pipe, decoded.</summary>
internal interface IMessage
{
    /// <summary>Writes the whole frame's array, <c>[type, fields...]</c>.</summary>
    /// <exception cref="ProtocolException">A value is outside what the protocol allows.</exception>
    void Write(ref MessagePackWriter writer);
}
