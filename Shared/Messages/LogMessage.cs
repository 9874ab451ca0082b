namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: for the log.</summary>
/// <param name="Level">As Microsoft.Extensions.Logging.LogLevel.</param>
/// <param name="Category">Which part of the worker.</param>
/// <param name="Message">What happened.</param>
internal sealed record LogMessage(int Level, string Category, string Message) : IMessage;
