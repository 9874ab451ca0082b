using System.Diagnostics;
using ProcInterrupt.Cli.Running;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Demo;

/// <summary><c>procinterrupt demo</c>: the whole idea on real code. Every figure it prints was measured just then.</summary>
internal static class DemoCommand
{
    /// <returns>0 when everything held, else 1.</returns>
    /// <exception cref="WorkerStartException">No worker could be started.</exception>
    public static async Task<int> ExecuteAsync()
    {
        using var signals = new StopSignals();
        try
        {
            var started = Stopwatch.GetTimestamp();
            await using var worker = await Worker.StartAsync(cancellationToken: signals.GivenUp);
            var style = TerminalStyle.ForOutput;
            var stage = new DemoStage(worker, Console.Out, style, signals.GivenUp);
            stage.Say($"Worker process {worker.ProcessId} is ready after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms. "
                + "Everything below runs in it, one run after the other.");
            await DemoScenes.PlayAsync(stage);

            stage.Say("");
            foreach (var failure in stage.Failures)
            {
                stage.Say(style.Red($"did not hold: {failure}"));
            }

            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            stage.Say(stage.Failures.Count == 0
                ? style.Green($"Everything held: {stage.Checked} checks, in {seconds:F1} s, and worker {worker.ProcessId} was never killed.")
                : style.Red($"{stage.Failures.Count} of {stage.Checked} checks did not hold."));
            return stage.Failures.Count == 0 ? ExitCodes.Succeeded : ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (signals.GaveUpWith is not null)
        {
            return signals.GaveUpWith.Value;
        }
    }
}
