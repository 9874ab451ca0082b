using ProcInterrupt.Cli.Repl.Editing;

namespace ProcInterrupt.Cli.Repl;

/// <summary>What the prompt asks about an entry that is being typed. Blocks for the answers.</summary>
internal sealed class EntryQuestions
{
    private readonly ReplSession session;

    public EntryQuestions(ReplSession session) => this.session = session;

    /// <summary>Whether an entry can be run, or more lines belong to it.</summary>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public CodeCompleteness IsComplete(string entry, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(entry) || Directive.Of(entry, session.Engine) is not null)
        {
            return new CodeCompleteness(CodeStatus.Complete);
        }

        // A line of white space is an empty one: where that ends a block, the indentation must not keep it open.
        var lastLine = entry.LastIndexOf('\n') + 1;
        var code = lastLine > 0 && string.IsNullOrWhiteSpace(entry[lastLine..]) ? entry[..lastLine] : entry;
        return session.IsCompleteAsync(code, cancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>What can stand at a place in an entry. Nothing that would disturb the screen.</summary>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public Completions Complete(string entry, int position, CancellationToken cancellationToken)
    {
        if (entry is ['#', .. var word] && !word.AsSpan().ContainsAny(" \t\n"))
        {
            string[] own = [.. Directive.Words.Where(own => own.StartsWith(word, StringComparison.Ordinal)).Select(own => "#" + own)];
            return new Completions(0, entry.Length, own);
        }

        var found = session.CompleteAsync(entry, position, cancellationToken).GetAwaiter().GetResult();
        return found with { Matches = [.. found.Matches.Where(match => match.Length > 0 && !match.Any(char.IsControl))] };
    }
}
