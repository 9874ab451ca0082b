using ProcInterrupt.Cli.Json;
using ProcInterrupt.Cli.Running;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Listing;

/// <summary><c>procinterrupt engines</c>: what can run here.</summary>
internal static class EnginesCommand
{
    /// <returns>The exit code.</returns>
    /// <exception cref="WorkerStartException">No worker could be started.</exception>
    public static async Task<int> ExecuteAsync(bool asJson)
    {
        using var signals = new StopSignals();
        try
        {
            await using var worker = await Worker.StartAsync(cancellationToken: signals.GivenUp);
            if (asJson)
            {
                var output = new JsonLineWriter(DescriptorStream.OpenStandard(1));
                output.Write(json => EventJson.WriteEngines(json, worker.Engines));
                if (output.Closed.IsCompleted)
                {
                    return OutputFailure.ExitCodeOf(await output.Closed);
                }
            }
            else
            {
                foreach (var line in Describe(worker.Engines, TerminalStyle.ForOutput))
                {
                    await Console.Out.WriteLineAsync(line);
                }
            }

            return ExitCodes.Succeeded;
        }
        catch (OperationCanceledException) when (signals.GaveUpWith is not null)
        {
            return signals.GaveUpWith.Value;
        }
    }

    /// <summary>One line for each engine, in columns.</summary>
    public static IEnumerable<string> Describe(IReadOnlyList<EngineInfo> engines, TerminalStyle style)
    {
        var width = engines.Select(engine => engine.Name.Length).DefaultIfEmpty().Max();
        return engines.Select(engine => style.Bold(engine.Name.PadRight(width)) + "  " + (engine.Unavailable is { } why
            ? style.Yellow($"not available: {why}")
            : engine.Version));
    }
}
