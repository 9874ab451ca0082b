using ProcInterrupt.Messages;

namespace ProcInterrupt.Connection;

/// <summary>Where messages for the worker are put. Never blocks and never throws; what is posted after the end is dropped with the connection.</summary>
internal interface IOutbox
{
    void Post(IMessage message);

    /// <summary>Posts OutputCredit; what has not been sent yet is added up in one message.</summary>
    void PostCredit(long bytes);
}
