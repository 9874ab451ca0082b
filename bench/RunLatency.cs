using System.Diagnostics;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace ProcInterrupt.Bench;

/// <summary>A trivial C# run through the worker against Roslyn's scripting in this process.</summary>
internal static class RunLatency
{
    private const int Runs = 3000;

    public static async Task MeasureAsync()
    {
        Report.Title("Trivial C# run");
        await using var worker = await Worker.StartAsync();
        await worker.RunAsync("csharp", "var x = 41;");
        var inWorker = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            inWorker.Add(await TimeAsync(() => worker.RunAsync("csharp", "x + 1")));
        }

        var state = await CSharpScript.RunAsync("var x = 41;", ScriptOptions.Default);
        var inProcess = new List<double>();
        for (var run = 0; run < 500; run++)
        {
            inProcess.Add(await TimeAsync(() => state.ContinueWithAsync("x + 1")));
        }

        Report.Percentiles("x + 1 in the worker, runs 100 to 3000", inWorker.Skip(100), "no slower than in process");
        Report.Percentiles("x + 1 with CSharpScript in process, runs 100 to 500", inProcess.Skip(100), "the baseline");
        Report.Ratio("worker against in process", Report.Median(inWorker.Skip(100)) / 1000, Report.Median(inProcess.Skip(100)) / 1000, "ms", "no slower");
        Report.Ratio("runs 2950-3000 against runs 5-55", Report.Median(inWorker.Skip(2950)) / 1000, Report.Median(inWorker.Skip(5).Take(50)) / 1000, "ms", "as fast");
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }
}
