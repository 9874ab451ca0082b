namespace ProcInterrupt.Cli.Repl;

/// <summary>The REPL for a person: nothing but Ctrl+D, <c>#exit</c> and SIGTERM ends it.</summary>
internal sealed class TerminalRepl
{
    private readonly ReplSession session;
    private readonly ReplScreen screen;
    private readonly ReplInterrupts interrupts;
    private readonly ReplRunner runner;
    private readonly ReplDirectives directives;
    private readonly IEntryReader reader;

    /// <param name="session">The worker.</param>
    /// <param name="screen">Where everything is shown.</param>
    /// <param name="interrupts">Ctrl+C and SIGTERM.</param>
    /// <param name="runner">Runs entries.</param>
    /// <param name="reader">Reads entries.</param>
    public TerminalRepl(ReplSession session, ReplScreen screen, ReplInterrupts interrupts, ReplRunner runner, IEntryReader reader)
    {
        this.session = session;
        this.screen = screen;
        this.interrupts = interrupts;
        this.runner = runner;
        this.reader = reader;
        directives = new ReplDirectives(session, screen);
    }

    /// <returns>The exit code.</returns>
    /// <exception cref="WorkerStartException">The worker was lost, and no other one could be started.</exception>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public async Task<int> RunAsync()
    {
        screen.Show(view => view.ShowOutput(OutputStream.Stderr, $"ProcInterrupt, {Description()}. #help tells what there is; Ctrl+D leaves.\n"));
        while (!interrupts.IsEnded)
        {
            var cancellationToken = interrupts.BeginEntry();
            try
            {
                if (reader.Read(session.Engine, cancellationToken) is not { } entry)
                {
                    return ExitCodes.Succeeded;
                }

                if (Directive.Of(entry, session.Engine) is { Kind: DirectiveKind.Exit })
                {
                    return ExitCodes.Succeeded;
                }

                await RenewAsync(cancellationToken);
                await DoAsync(entry, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // What was typed is discarded, or a new worker is not waited for; SIGTERM ends the loop.
            }
        }

        return ExitCodes.Terminated;
    }

    private async Task DoAsync(string entry, CancellationToken cancellationToken)
    {
        if (Directive.Of(entry, session.Engine) is { } directive)
        {
            if (await directives.DoAsync(directive, cancellationToken) is { } problem)
            {
                screen.ShowApart(view => view.ShowFailure(problem));
            }
        }
        else if (!string.IsNullOrWhiteSpace(entry))
        {
            var result = await runner.RunAsync(entry, firstLine: 1, place: "");
            if (result.ExitCode is { } exitCode)
            {
                screen.ShowApart(view => view.ShowNote($"the code ended itself with exit code {exitCode}; the session goes on"));
            }

            if (result.Outcome is RunOutcome.Killed or RunOutcome.Terminated or RunOutcome.WorkerLost && !interrupts.IsEnded)
            {
                await RenewAsync(interrupts.BeginEntry());
            }
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (await session.RenewAsync(cancellationToken))
        {
            screen.ShowApart(view => view.ShowNote("a new worker was started, with an empty session"));
        }
    }

    private string Description() => session.Engines.Where(engine => engine.Name == session.Engine).Select(engine => $"{engine.Name} {engine.Version}".TrimEnd()).Single();
}
