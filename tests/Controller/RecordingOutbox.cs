using System.Collections.Concurrent;
using ProcInterrupt.Connection;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Tests.Controller;

/// <summary>Keeps what the controller sends.</summary>
internal sealed class RecordingOutbox : IOutbox
{
    public BlockingCollection<IMessage> Sent { get; } = [];

    public long Credit { get; private set; }

    public void Post(IMessage message) => Sent.Add(message);

    public void PostCredit(long bytes) => Credit += bytes;

    public T Take<T>()
        where T : IMessage => (T)Sent.Take();
}
