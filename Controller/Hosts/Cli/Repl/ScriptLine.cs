namespace ProcInterrupt.Cli.Repl;

/// <summary>A line of a script.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">Without its end.</param>
internal sealed record ScriptLine(int Number, string Text);
