namespace ProcInterrupt.Cli.Repl;

/// <summary>A line for the REPL itself.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Word">The word behind the <c>#</c>.</param>
/// <param name="Argument">What follows it; empty if nothing does.</param>
internal sealed record Directive(DirectiveKind Kind, string Word, string Argument)
{
    /// <summary>The REPL's own words.</summary>
    public static IReadOnlyList<string> Words { get; } = ["engine", "exit", "help", "quit", "reset"];

    /// <summary>Those of the C# compiler, in scripts.</summary>
    private static readonly string[] CSharpWords =
    [
        "r", "load", "if", "elif", "else", "endif", "define", "undef", "region", "endregion", "pragma", "nullable", "line", "warning", "error",
    ];

    /// <summary>Reads an entry as a directive.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="engine">The engine that it is for: in most languages a <c>#</c> begins a comment.</param>
    /// <returns><see langword="null"/> when it is code.</returns>
    public static Directive? Of(string entry, string engine)
    {
        var line = entry.AsSpan().Trim();
        if (line is not ['#', >= 'a' and <= 'z' or >= 'A' and <= 'Z', ..] || line.Contains('\n'))
        {
            return null;
        }

        var end = line.IndexOfAny(' ', '\t');
        var word = (end < 0 ? line[1..] : line[1..end]).ToString();
        var argument = end < 0 ? "" : line[end..].Trim().ToString();
        DirectiveKind? own = word switch
        {
            "help" => DirectiveKind.Help,
            "reset" => DirectiveKind.Reset,
            "exit" or "quit" => DirectiveKind.Exit,
            "engine" => DirectiveKind.Engine,
            _ => null,
        };
        var isOwn = own is not null && (argument.Length == 0 || (own == DirectiveKind.Engine && !argument.AsSpan().ContainsAny(' ', '\t')));
        if (isOwn)
        {
            return new Directive(own!.Value, word, argument);
        }

        return engine == "csharp" && !CSharpWords.Contains(word) ? new Directive(DirectiveKind.Unknown, word, argument) : null;
    }

    /// <summary>What is wrong with an unknown one, and what to type instead.</summary>
    public string Problem => Words.Contains(Word)
        ? $"#{Word} {Argument}: write #{Word}{(Word == "engine" ? " NAME" : "")} alone."
        : $"There is no #{Word}; #help tells what there is.";
}
