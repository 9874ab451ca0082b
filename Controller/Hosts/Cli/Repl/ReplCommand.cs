using ProcInterrupt.Cli.Running;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Repl;

/// <summary><c>procinterrupt repl</c>: a session at a prompt, or a script on standard input.</summary>
internal static class ReplCommand
{
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">There is no such engine, the script is not text, or the folder for displays cannot be written.</exception>
    /// <exception cref="WorkerStartException">No worker could be started.</exception>
    public static async Task<int> ExecuteAsync(string engine, string? displayDir, IReadOnlyList<string> hostAssemblies, WorkerBudgets? budgets)
    {
        var displayFolder = displayDir is null ? null : DisplayFolder.Open(displayDir);
        using var signals = new StopSignals();
        var interrupts = new ReplInterrupts();
        using var input = new InputBytes(0);
        using var device = TerminalDevice.Open();
        var isTerminal = !Console.IsInputRedirected;
        var screen = new ReplScreen(isTerminal, displayFolder);
        try
        {
            await using var session = await ReplSession.StartAsync(engine, new WorkerOptions { HostAssemblies = hostAssemblies, Budgets = budgets }, screen.ShowBackground, signals.GivenUp);
            signals.Attach(interrupts.Press, () =>
            {
                interrupts.End();
                _ = session.EndAsync();
            });
            try
            {
                return isTerminal
                    ? await TypeAsync(session, screen, interrupts, input, device)
                    : await RunScriptAsync(session, screen, interrupts, input);
            }
            catch (IOException failed)
            {
                // What follows could not be shown either. The worker's end stops the run.
                await session.EndAsync();
                return OutputFailure.ExitCodeOf(failed);
            }
        }
        catch (OperationCanceledException) when (signals.GaveUpWith is not null)
        {
            return signals.GaveUpWith.Value;
        }
    }

    private static async Task<int> TypeAsync(ReplSession session, ReplScreen screen, ReplInterrupts interrupts, InputBytes input, TerminalDevice? device)
    {
        interrupts.Pressed = screen.CtrlCShown;
        var questions = new EntryQuestions(session);
        using IEntryReader reader = OperatingSystem.IsLinux() && device is { CanDraw: true }
            ? new TerminalEntryReader(input, device, screen, questions)
            : new PlainEntryReader(input, screen, questions);
        var runner = new ReplRunner(session, screen, interrupts, new TerminalLines(input, device, screen));
        return await new TerminalRepl(session, screen, interrupts, runner, reader).RunAsync();
    }

    private static async Task<int> RunScriptAsync(ReplSession session, ReplScreen screen, ReplInterrupts interrupts, InputBytes input)
    {
        var lines = new ScriptLines(input.ReadLineBytes);
        var runner = new ReplRunner(session, screen, interrupts, lines);
        return await new ScriptRepl(session, screen, interrupts, runner, lines).RunAsync();
    }
}
