using ProcInterrupt.Cli.Listing;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Repl;

/// <summary>Does what the REPL's own lines ask for.</summary>
internal sealed class ReplDirectives
{
    private const string Help = """
        Enter runs what is typed once it is complete, and goes on with another line as long as it is not.
        Alt+Enter always begins a new line; Tab completes names; Up and Down go through what was typed before.
        Ctrl+C interrupts what runs; a second one within two seconds stops it for certain, a third kills it.
        At the prompt it discards what was typed. Ctrl+D at an empty prompt leaves.

          #help            this
          #reset           forget the session: variables, types, usings
          #engine [NAME]   go on in another language, or list them
          #exit, #quit     leave
        """;

    private readonly ReplSession session;
    private readonly ReplScreen screen;

    /// <param name="session">What they are about.</param>
    /// <param name="screen">Where they answer.</param>
    public ReplDirectives(ReplSession session, ReplScreen screen)
    {
        this.session = session;
        this.screen = screen;
    }

    /// <summary>Does what a directive asks for; but leaving is the caller's.</summary>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    public async Task<string?> DoAsync(Directive directive, CancellationToken cancellationToken)
    {
        switch (directive.Kind)
        {
            case DirectiveKind.Help:
                screen.ShowApart(view => view.ShowLine(Help));
                return null;
            case DirectiveKind.Reset:
                return await ResetAsync(cancellationToken);
            case DirectiveKind.Engine when directive.Argument.Length > 0:
                return session.Use(directive.Argument);
            case DirectiveKind.Engine:
                screen.ShowApart(view => view.ShowLine(string.Join('\n', EnginesCommand.Describe(session.Engines, TerminalStyle.ForOutput))));
                return null;
            case DirectiveKind.Unknown:
                return directive.Problem;
            default:
                return null;
        }
    }

    private async Task<string?> ResetAsync(CancellationToken cancellationToken)
    {
        try
        {
            await session.ResetAsync(cancellationToken);
            return null;
        }
        catch (Exception refused) when (refused is InvalidOperationException or WorkerLostException)
        {
            return refused.Message;
        }
    }
}
