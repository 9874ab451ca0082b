using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Where frames are left to be sent, in order.</summary>
internal interface IFramePoster
{
    /// <summary>Queues a frame. Never blocks, never calls back.</summary>
    void Post(IMessage message);
}
