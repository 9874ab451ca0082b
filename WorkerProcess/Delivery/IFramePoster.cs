using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Where frames are left to be sent, in order.</summary>
internal interface IFramePoster
{
    /// <summary>Queues a frame. Never blocks, never calls back.</summary>
    void Post(IMessage message);

    /// <summary>Queues a frame that need not go before the next one, or <see cref="Flush"/>.</summary>
    void PostLazily(IMessage message);

    /// <summary>Sends what was posted lazily.</summary>
    void Flush();
}
