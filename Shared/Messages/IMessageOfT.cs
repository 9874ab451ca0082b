using MessagePack;

namespace ProcInterrupt.Messages;

/// <summary>What a kind of message tells the codec about itself.</summary>
/// <typeparam name="TSelf">The message.</typeparam>
internal interface IMessage<TSelf> : IMessage
    where TSelf : IMessage<TSelf>
{
    static abstract MessageType Type { get; }

    /// <summary>How many elements follow the type in the frame's array.</summary>
    static abstract int FieldCount { get; }

    /// <summary>Reads the fields in the order in which <see cref="WriteFields"/> writes them.</summary>
    static abstract TSelf Read(ref FieldReader fields);

    void WriteFields(ref MessagePackWriter writer);

    void IMessage.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1 + TSelf.FieldCount);
        writer.Write((int)TSelf.Type);
        WriteFields(ref writer);
    }
}
