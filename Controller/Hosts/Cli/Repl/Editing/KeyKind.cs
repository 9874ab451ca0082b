namespace ProcInterrupt.Cli.Repl.Editing;

/// <summary>What a key means to the editor.</summary>
internal enum KeyKind
{
    /// <summary>Nothing: a sequence that is not known.</summary>
    None,

    /// <summary>A character.</summary>
    Text,

    /// <summary>Text that was pasted as a whole.</summary>
    Paste,

    /// <summary>Enter: run it if it is complete.</summary>
    Enter,

    /// <summary>A new line, complete or not.</summary>
    NewLine,

    /// <summary>Completion, or an indentation.</summary>
    Tab,

    Backspace,
    Delete,

    /// <summary>Ctrl+D: the end of input where nothing is typed, otherwise as <see cref="Delete"/>.</summary>
    DeleteOrEnd,

    Left,
    Right,
    WordLeft,
    WordRight,
    Up,
    Down,
    Home,
    End,
    KillToStart,
    KillToEnd,
    KillWord,
    KillNextWord,
    Yank,
    ClearScreen,

    /// <summary>Ctrl+C from a terminal that makes no signal of it.</summary>
    Interrupt,
}
