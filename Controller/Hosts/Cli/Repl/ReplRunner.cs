using ProcInterrupt.Cli.Running;

namespace ProcInterrupt.Cli.Repl;

/// <summary>Runs one entry and shows what it does.</summary>
internal sealed class ReplRunner
{
    private readonly ReplSession session;
    private readonly ReplScreen screen;
    private readonly ReplInterrupts interrupts;
    private readonly IInputLines lines;

    /// <param name="session">What it runs in.</param>
    /// <param name="screen">Where it is shown.</param>
    /// <param name="interrupts">What stops it.</param>
    /// <param name="lines">What the code reads.</param>
    public ReplRunner(ReplSession session, ReplScreen screen, ReplInterrupts interrupts, IInputLines lines)
    {
        this.session = session;
        this.screen = screen;
        this.interrupts = interrupts;
        this.lines = lines;
    }

    /// <summary>Runs code to its end, however it ends. What it asks to read is read meanwhile, and by nobody afterwards.</summary>
    /// <param name="code">The code.</param>
    /// <param name="firstLine">The number of its first line.</param>
    /// <param name="place">Said before an error; may be empty.</param>
    /// <exception cref="OperationCanceledException">Ctrl+C or SIGTERM came before it began.</exception>
    /// <exception cref="IOException">Standard output cannot be written. The run may go on.</exception>
    public async Task<RunResult> RunAsync(string code, int firstLine, string place)
    {
        var run = interrupts.StartRun(() => session.Run(code, firstLine));
        try
        {
            await using var answers = new InputAnswers(lines);
            await foreach (var e in run.Events)
            {
                screen.Show(e, answers);
            }

            var result = await run.Completion;
            screen.ShowApart(view =>
            {
                view.ShowEnd(result, timeout: null, place);
                if (result.Value is { } value)
                {
                    view.ShowValue(value.Text);
                }
            });
            return result;
        }
        finally
        {
            interrupts.EndRun();
        }
    }
}
