namespace ProcInterrupt.Cli.Repl;

/// <summary>Parts a script into entries by what its engine says of the lines. Reads no further than it must, so that a program can drive it.</summary>
internal sealed class ScriptEntries
{
    private readonly ScriptLines lines;
    private readonly Func<string, bool> isDirective;
    private readonly Func<string, CancellationToken, Task<CodeCompleteness>> ask;

    /// <param name="lines">The script.</param>
    /// <param name="isDirective">Whether a line is the REPL's own.</param>
    /// <param name="ask">What the engine says of code.</param>
    public ScriptEntries(ScriptLines lines, Func<string, bool> isDirective, Func<string, CancellationToken, Task<CodeCompleteness>> ask)
    {
        this.lines = lines;
        this.isDirective = isDirective;
        this.ask = ask;
    }

    /// <summary>The next entry, or <see langword="null"/> at the end. The last one may not be complete: running it tells why.</summary>
    /// <exception cref="UsageException">A line is not text.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public async Task<ScriptEntry?> NextAsync(CancellationToken cancellationToken)
    {
        var first = lines.Take(cancellationToken);
        while (first is not null && string.IsNullOrWhiteSpace(first.Text))
        {
            first = lines.Take(cancellationToken);
        }

        return first is null ? null
            : new ScriptEntry(first.Number, isDirective(first.Text) ? first.Text : await CollectAsync(first.Text, cancellationToken));
    }

    private async Task<string> CollectAsync(string code, CancellationToken cancellationToken)
    {
        var answer = await ask(code, cancellationToken);
        while (true)
        {
            switch (answer)
            {
                case { Status: CodeStatus.Incomplete }:
                    if (lines.Take(cancellationToken) is not { } next)
                    {
                        return code;
                    }

                    var longer = code + "\n" + next.Text;
                    answer = await ask(longer, cancellationToken);
                    if (answer.Status == CodeStatus.Invalid && await EndsAtAsync(code, next.Text, cancellationToken))
                    {
                        lines.Return(next);
                        return code + "\n";
                    }

                    code = longer;
                    break;
                case { Status: CodeStatus.Complete, MayContinue: true }:
                    if (await ContinuationAsync(code, cancellationToken) is not { } continued)
                    {
                        return code;
                    }

                    (code, answer) = continued;
                    break;
                default:
                    return code;
            }
        }
    }

    /// <summary>Where an empty line ends a block, the line after a block may stand without one, as it may in a file.</summary>
    private async Task<bool> EndsAtAsync(string code, string next, CancellationToken cancellationToken) =>
        (await ask(code + "\n", cancellationToken)).Status == CodeStatus.Complete && (await ask(next, cancellationToken)).Status != CodeStatus.Invalid;

    /// <summary>An <c>else</c> belongs to the code before it: it makes no sense by itself, and does behind that code.</summary>
    private async Task<(string Code, CodeCompleteness Answer)?> ContinuationAsync(string code, CancellationToken cancellationToken)
    {
        var taken = new Stack<ScriptLine>();
        while (lines.Take(cancellationToken) is { } line)
        {
            taken.Push(line);
            if (!string.IsNullOrWhiteSpace(line.Text))
            {
                if (!isDirective(line.Text) && (await ask(line.Text, cancellationToken)).Status == CodeStatus.Invalid)
                {
                    var longer = string.Join('\n', taken.Reverse().Select(one => one.Text).Prepend(code));
                    var answer = await ask(longer, cancellationToken);
                    if (answer.Status != CodeStatus.Invalid)
                    {
                        return (longer, answer);
                    }
                }

                break;
            }
        }

        foreach (var line in taken)
        {
            lines.Return(line);
        }

        return null;
    }
}
