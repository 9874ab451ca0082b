namespace ProcInterrupt.Messages;

/// <summary>One frame of the pipe, decoded.</summary>
internal interface IMessage;
