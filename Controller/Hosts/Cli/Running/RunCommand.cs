using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Running;

/// <summary><c>procinterrupt run</c>: one program in a worker of its own.</summary>
internal static class RunCommand
{
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The program cannot be read, or the folder for displays not written.</exception>
    /// <exception cref="WorkerStartException">No worker could be started.</exception>
    public static async Task<int> ExecuteAsync(RunArguments arguments)
    {
        using var signals = new StopSignals();
        var program = ProgramText.Read(arguments);
        var folder = arguments.DisplayDir is { } given ? DisplayFolder.Open(given) : null;
        try
        {
            await using var worker = await Worker.StartAsync(new WorkerOptions { HostAssemblies = arguments.HostAssemblies, Budgets = arguments.Budgets }, signals.GivenUp);
            if (arguments.ShowMap)
            {
                await Console.Error.WriteLineAsync($"map: {worker.MapPath}");
            }

            var run = worker.Run(
                arguments.Engine,
                program.Code,
                new RunOptions { Path = program.Path, Deadline = arguments.Timeout, WaitForReader = true });
            var stopper = new RunStopper(run);
            var terminated = false;
            signals.Attach(stopper.Press, () =>
            {
                Volatile.Write(ref terminated, true);
                _ = worker.EndAsync();
            });
            var exitCode = await FollowAsync(worker, run, arguments, folder);
            return Volatile.Read(ref terminated) ? ExitCodes.Terminated : exitCode;
        }
        catch (OperationCanceledException) when (signals.GaveUpWith is not null)
        {
            return signals.GaveUpWith.Value;
        }
    }

    private static async Task<int> FollowAsync(Worker worker, Run run, RunArguments arguments, DisplayFolder? folder)
    {
        var view = new RunView(folder);
        try
        {
            // Not disposed of: a line that is still waited for ends with the command.
            var answers = new InputAnswers(new StandardInputLines(ended: arguments.File == "-"));
            await foreach (var e in run.Events)
            {
                view.Show(e, answers);
            }

            var result = await run.Completion;
            view.ShowEnd(result, arguments.Timeout);

            // As at a prompt: shown to whoever typed the code, kept out of what a program reads.
            if (arguments is { Code: not null, Json: false } && result.Value is { } value && !Console.IsOutputRedirected)
            {
                view.ShowLine(value.Text);
            }

            if (arguments.Json)
            {
                view.ShowJson(result);
            }

            return ExitCodes.Of(result.Outcome, result.Reason, result.ExitCode);
        }
        catch (IOException failed)
        {
            // What follows could not be shown either. The worker's end stops the run.
            await worker.EndAsync();
            return OutputFailure.ExitCodeOf(failed);
        }
    }
}
