namespace ProcInterrupt.Cli.Repl.Editing;

/// <summary>What a key asks of whoever owns the editor.</summary>
internal enum EditAction
{
    /// <summary>Nothing; the text or the cursor may have changed.</summary>
    None,

    /// <summary>Run the entry, or go on with <see cref="LineEditor.BreakLine"/> if it is not complete.</summary>
    Enter,

    /// <summary>Find what can stand at the cursor.</summary>
    Complete,

    ClearScreen,

    /// <summary>Discard the entry.</summary>
    Interrupt,

    /// <summary>No entry follows.</summary>
    EndOfInput,
}
