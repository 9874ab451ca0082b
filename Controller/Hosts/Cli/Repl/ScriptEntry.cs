namespace ProcInterrupt.Cli.Repl;

/// <summary>What is run as one.</summary>
/// <param name="FirstLine">The number of its first line in the script.</param>
/// <param name="Code">Its lines.</param>
internal sealed record ScriptEntry(int FirstLine, string Code);
