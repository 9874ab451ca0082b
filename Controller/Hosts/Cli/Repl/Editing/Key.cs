namespace ProcInterrupt.Cli.Repl.Editing;

/// <summary>One key.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Text">What it types; lines are parted by line feeds.</param>
internal readonly record struct Key(KeyKind Kind, string Text = "");
