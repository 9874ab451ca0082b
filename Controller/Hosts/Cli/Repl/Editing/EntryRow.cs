namespace ProcInterrupt.Cli.Repl.Editing;

/// <summary>One row of the screen.</summary>
/// <param name="Prompt">What stands before the text; empty where a line goes on because it is too long.</param>
/// <param name="Text">As it is shown.</param>
internal sealed record EntryRow(string Prompt, string Text);
