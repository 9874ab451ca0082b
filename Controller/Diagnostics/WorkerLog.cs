using Microsoft.Extensions.Logging;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Diagnostics;

/// <summary>What the worker has to say for the log, bounded: a hostile one must not fill the disk of whoever logs.</summary>
/// <remarks>Not thread-safe: under the dispatcher's lock.</remarks>
internal sealed class WorkerLog
{
    /// <summary>An honest worker logs when something is wrong, which is rare.</summary>
    private const int MaxMessagesASecond = 100;

    private const int MaxChars = 16 * 1024;
    private const long SecondNanos = 1_000_000_000;

    private readonly ILogger logger;
    private long second;
    private int written;
    private long dropped;

    public WorkerLog(ILogger logger) => this.logger = logger;

    public void Write(LogMessage message)
    {
        var now = MonotonicClock.Nanos / SecondNanos;
        if (now != second)
        {
            second = now;
            written = 0;
            TellDropped();
        }

        if (written == MaxMessagesASecond)
        {
            dropped++;
            return;
        }

        written++;
        var level = (LogLevel)Math.Clamp(message.Level, (int)LogLevel.Trace, (int)LogLevel.Critical);
        if (logger.IsEnabled(level))
        {
            logger.FromWorker(level, Cut(message.Category), Cut(message.Message));
        }
    }

    /// <summary>Says how many messages were dropped since that was last said, if any were.</summary>
    public void TellDropped()
    {
        if (dropped > 0)
        {
            logger.WorkerLogDropped(dropped);
            dropped = 0;
        }
    }

    private static string Cut(string text) => text.Length <= MaxChars ? text : $"{text[..MaxChars]}... ({text.Length} characters)";
}
