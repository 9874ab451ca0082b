namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>Which key types a character, as far as a character tells.</summary>
internal static class ConsoleKeys
{
    private const char Delete = '\x7f';

    /// <summary>The key; for a character that no key of its own types, <see cref="ConsoleKey.None"/> with the character.</summary>
    public static ConsoleKeyInfo Of(char character) => character switch
    {
        '\n' or '\r' => new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false),
        '\t' => new ConsoleKeyInfo(character, ConsoleKey.Tab, false, false, false),
        '\b' or Delete => new ConsoleKeyInfo(character, ConsoleKey.Backspace, false, false, false),
        '\e' => new ConsoleKeyInfo(character, ConsoleKey.Escape, false, false, false),
        ' ' => new ConsoleKeyInfo(character, ConsoleKey.Spacebar, false, false, false),
        >= 'a' and <= 'z' => new ConsoleKeyInfo(character, ConsoleKey.A + (character - 'a'), false, false, false),
        >= 'A' and <= 'Z' => new ConsoleKeyInfo(character, ConsoleKey.A + (character - 'A'), shift: true, false, false),
        >= '0' and <= '9' => new ConsoleKeyInfo(character, ConsoleKey.D0 + (character - '0'), false, false, false),
        >= '\x1' and <= '\x1a' => new ConsoleKeyInfo(character, ConsoleKey.A + (character - '\x1'), false, false, control: true),
        _ => new ConsoleKeyInfo(character, ConsoleKey.None, false, false, false),
    };
}
