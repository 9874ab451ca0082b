namespace ProcInterrupt.Cli.Repl;

/// <summary>The REPL for a script on standard input: runs to its end, and stops at the first entry that fails.</summary>
internal sealed class ScriptRepl
{
    private readonly ReplSession session;
    private readonly ReplScreen screen;
    private readonly ReplInterrupts interrupts;
    private readonly ReplRunner runner;
    private readonly ReplDirectives directives;
    private readonly ScriptEntries entries;

    /// <param name="session">The worker.</param>
    /// <param name="screen">Where everything is shown.</param>
    /// <param name="interrupts">Ctrl+C and SIGTERM.</param>
    /// <param name="runner">Runs entries.</param>
    /// <param name="lines">The script.</param>
    public ScriptRepl(ReplSession session, ReplScreen screen, ReplInterrupts interrupts, ReplRunner runner, ScriptLines lines)
    {
        this.session = session;
        this.screen = screen;
        this.interrupts = interrupts;
        this.runner = runner;
        directives = new ReplDirectives(session, screen);
        entries = new ScriptEntries(lines, line => Directive.Of(line, session.Engine) is not null, session.IsCompleteAsync);
    }

    /// <returns>The exit code: that of the failure.</returns>
    /// <exception cref="UsageException">A line is not text.</exception>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public async Task<int> RunAsync()
    {
        var cancellationToken = interrupts.BeginEntry();
        try
        {
            while (await entries.NextAsync(cancellationToken) is { } entry)
            {
                if (await DoAsync(entry, cancellationToken) is { } exitCode)
                {
                    return interrupts.IsEnded ? ExitCodes.Terminated : exitCode;
                }
            }

            return ExitCodes.Succeeded;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return interrupts.IsEnded ? ExitCodes.Terminated : ExitCodes.Interrupted;
        }
    }

    /// <returns>The exit code, if the script ends here.</returns>
    private async Task<int?> DoAsync(ScriptEntry entry, CancellationToken cancellationToken)
    {
        var place = $"line {entry.FirstLine}: ";
        if (Directive.Of(entry.Code, session.Engine) is { } directive)
        {
            if (directive.Kind == DirectiveKind.Exit)
            {
                return ExitCodes.Succeeded;
            }

            if (await directives.DoAsync(directive, cancellationToken) is not { } problem)
            {
                return null;
            }

            screen.Show(view => view.ShowFailure(place + problem));
            return ExitCodes.Failed;
        }

        var result = await runner.RunAsync(entry.Code, entry.FirstLine, place);
        return result is { Outcome: RunOutcome.Succeeded, ExitCode: null } ? null : ExitCodes.Of(result.Outcome, result.Reason, result.ExitCode);
    }
}
