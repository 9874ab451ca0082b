namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: the code reads its standard input.</summary>
/// <param name="Run">The run.</param>
/// <param name="Request">Counts within the worker.</param>
/// <param name="Prompt">May be empty.</param>
/// <param name="Password">Do not show what is typed.</param>
internal sealed record InputRequestMessage(uint Run, uint Request, string Prompt, bool Password) : IMessage;
