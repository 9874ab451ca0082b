using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Running;

/// <summary><c>procinterrupt run</c>: one program in a worker of its own.</summary>
internal static class RunCommand
{
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The program cannot be read.</exception>
    /// <exception cref="WorkerStartException">No worker could be started.</exception>
    public static async Task<int> ExecuteAsync(RunArguments arguments)
    {
        using var signals = new StopSignals();
        var program = ProgramText.Read(arguments);
        try
        {
            await using var worker = await Worker.StartAsync(new WorkerOptions { HostAssemblies = arguments.HostAssemblies }, signals.GivenUp);
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
            var exitCode = await FollowAsync(worker, run, arguments);
            return Volatile.Read(ref terminated) ? ExitCodes.Terminated : exitCode;
        }
        catch (OperationCanceledException) when (signals.GaveUpWith is not null)
        {
            return signals.GaveUpWith.Value;
        }
    }

    private static async Task<int> FollowAsync(Worker worker, Run run, RunArguments arguments)
    {
        var view = new RunView();
        try
        {
            var answers = new InputAnswers(ended: arguments.File == "-");
            await foreach (var e in run.Events)
            {
                switch (e)
                {
                    case OutputEvent output:
                        view.ShowOutput(output.Stream, output.Text);
                        break;
                    case DisplayEvent display when display.Data.TryGetValue("text/plain", out var text):
                        view.ShowLine(text);
                        break;
                    case OutputDroppedEvent dropped:
                        view.ShowDropped(dropped.Bytes);
                        break;
                    case ProgressEvent progress:
                        view.ShowProgress(progress.Fraction, progress.Message);
                        break;
                    case InputRequestEvent request:
                        view.ShowOutput(OutputStream.Stdout, request.Prompt);
                        answers.Answer(run, request);
                        break;
                    case ReceiptEvent { Receipt.Reason: InterruptReason.User } receipt:
                        view.ShowReceipt(receipt.Receipt);
                        break;
                }
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
