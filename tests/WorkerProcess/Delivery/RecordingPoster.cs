using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.Tests.WorkerProcess.Delivery;

/// <summary>Keeps what would be sent.</summary>
internal sealed class RecordingPoster : IFramePoster
{
    private readonly Lock gate = new();
    private readonly List<IMessage> frames = [];

    public IReadOnlyList<IMessage> Frames
    {
        get
        {
            lock (gate)
            {
                return [.. frames];
            }
        }
    }

    public void Post(IMessage message)
    {
        lock (gate)
        {
            frames.Add(message);
        }
    }

    public void PostLazily(IMessage message) => Post(message);

    public void Flush()
    {
        // Nothing is held back here.
    }
}
