using ProcInterrupt.Cli.Repl.Editing;

namespace ProcInterrupt.Cli.Repl;

/// <summary>What stands before the lines of an entry.</summary>
/// <param name="First">Before the first one.</param>
/// <param name="Next">Before the others; as wide.</param>
internal sealed record Prompt(string First, string Next)
{
    /// <summary>The prompt that names an engine.</summary>
    public static Prompt Of(string engine)
    {
        var first = engine + "> ";
        const string next = "...> ";
        return new Prompt(first, new string(' ', Math.Max(0, TextWidth.OfText(first) - next.Length)) + next);
    }
}
