using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Repl;

/// <summary>Reads entries line by line, where the terminal cannot be drawn upon. Prompts go to standard error.</summary>
internal sealed class PlainEntryReader : IEntryReader
{
    private readonly InputBytes input;
    private readonly ReplScreen screen;
    private readonly EntryQuestions questions;

    /// <param name="input">Where the lines come from.</param>
    /// <param name="screen">Where the prompt is shown.</param>
    /// <param name="questions">What the engine says of them.</param>
    public PlainEntryReader(InputBytes input, ReplScreen screen, EntryQuestions questions)
    {
        this.input = input;
        this.screen = screen;
        this.questions = questions;
    }

    public string? Read(string engine, CancellationToken cancellationToken)
    {
        var prompt = Prompt.Of(engine);
        string? entry = null;
        while (true)
        {
            screen.ShowApart(view => view.ShowOutput(OutputStream.Stderr, entry is null ? prompt.First : prompt.Next));
            string? line;
            try
            {
                line = input.ReadLine(cancellationToken);
            }
            finally
            {
                screen.LineTyped();
            }

            if (line is null)
            {
                return entry;
            }

            entry = entry is null ? line : entry + "\n" + line;
            if (questions.IsComplete(entry, cancellationToken).Status != CodeStatus.Incomplete)
            {
                return entry;
            }
        }
    }

    public void Dispose()
    {
    }
}
