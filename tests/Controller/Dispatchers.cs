using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ProcInterrupt.Connection;
using ProcInterrupt.Runs;

namespace ProcInterrupt.Tests.Controller;

/// <summary>Dispatchers without a process.</summary>
internal static class Dispatchers
{
    /// <summary>One that sends to whoever is given, and has no interrupt buffer yet.</summary>
    public static Dispatcher Connected(IOutbox outbox, Action kill, long retention, ILoggerFactory? loggerFactory = null)
    {
        var dispatcher = new Dispatcher(retention, loggerFactory ?? NullLoggerFactory.Instance);
        _ = dispatcher.Attach(outbox, kill, own: null);
        dispatcher.Resume();
        return dispatcher;
    }
}
