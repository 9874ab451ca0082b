using Microsoft.Extensions.Logging.Abstractions;
using ProcInterrupt.Connection;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>Dispatchers without a process.</summary>
internal static class Dispatchers
{
    /// <summary>One that sends to whoever is given, and has no interrupt buffer yet.</summary>
    public static Dispatcher Connected(IOutbox outbox, Action kill, long retention)
    {
        var dispatcher = new Dispatcher(retention, NullLoggerFactory.Instance);
        Assert.True(dispatcher.Attach(outbox, kill, own: null).IsCompleted);
        dispatcher.Resume();
        return dispatcher;
    }
}
