using Microsoft.Extensions.Logging;

namespace ProcInterrupt.Diagnostics;

/// <summary>Everything the library logs.</summary>
internal static partial class ControllerLog
{
    [LoggerMessage(1, LogLevel.Information, "Worker {ProcessId} is ready after {Millis:F0} ms: {Runtime}, {Path}")]
    public static partial void WorkerReady(this ILogger logger, int processId, double millis, string runtime, string path);

    [LoggerMessage(2, LogLevel.Information, "Worker {ProcessId} ended as asked: {Message}")]
    public static partial void WorkerEnded(this ILogger logger, int processId, string message);

    [LoggerMessage(3, LogLevel.Error, "Worker {ProcessId} is lost: {Message}")]
    public static partial void WorkerLost(this ILogger logger, int processId, string message);

    [LoggerMessage(4, LogLevel.Warning, "Worker {ProcessId} was killed: {Message}")]
    public static partial void WorkerKilled(this ILogger logger, int processId, string message);

    [LoggerMessage(5, LogLevel.Debug, "Run {Number} ({Engine}) ended: {Outcome} after {Millis:F3} ms")]
    public static partial void RunCompleted(this ILogger logger, uint number, string engine, RunOutcome outcome, double millis);

    [LoggerMessage(6, LogLevel.Warning, "{Message} could not be sent: {Fault}")]
    public static partial void MessageRefused(this ILogger logger, string message, string fault);

    [LoggerMessage(EventId = 7, Message = "{Category}: {Text}")]
    public static partial void FromWorker(this ILogger logger, LogLevel level, string category, string text);

    [LoggerMessage(8, LogLevel.Warning, "{Count} more messages of the worker were dropped: it logs too much")]
    public static partial void WorkerLogDropped(this ILogger logger, long count);

    [LoggerMessage(9, LogLevel.Warning, "Worker {ProcessId} is the replacement, generation {Generation}: {Previous}")]
    public static partial void WorkerReplaced(this ILogger logger, int processId, int generation, string previous);

    [LoggerMessage(10, LogLevel.Error, "A replacement of the worker failed, {Failures} of {Attempts} in a row: {Fault}")]
    public static partial void ReplacementFailed(this ILogger logger, int failures, int attempts, string fault);
}
