using ProcInterrupt.Bench;

if (args is ["fuzz", ..] or ["faults", ..])
{
    return await Proofs.RunAsync(args[0], args[1..]);
}

// Figures and ratios of one run on this machine; goals in brackets. Nothing here passes or fails.
string[] known = ["checkpoint", "latency", "runs", "start", "output", "python", "micro"];
var chosen = args.Length == 0 ? known[..^1] : args;
foreach (var name in chosen)
{
    switch (name)
    {
        case "checkpoint":
            CheckpointCost.Measure();
            break;
        case "latency":
            await InterruptLatency.MeasureAsync();
            break;
        case "runs":
            await RunLatency.MeasureAsync();
            break;
        case "start":
            await StartLatency.MeasureAsync();
            break;
        case "output":
            await OutputThroughput.MeasureAsync();
            break;
        case "python":
            await PythonLatency.MeasureAsync();
            break;
        case "micro":
            BenchmarkDotNet.Running.BenchmarkRunner.Run<CheckpointBenchmarks>();
            break;
        default:
            Report.Line($"There is no '{name}'. Known: {string.Join(", ", known)}.");
            return 2;
    }
}

return 0;
