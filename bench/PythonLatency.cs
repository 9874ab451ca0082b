using System.Diagnostics;

namespace ProcInterrupt.Bench;

/// <summary>Python in the worker beside the same <c>python3</c> driven over a pipe with SIGINT.</summary>
internal static class PythonLatency
{
    private const int Times = 2000;
    private const int Runs = 5000;

    /// <summary>Before the figures are taken: the runtime compiles what is used often once more meanwhile.</summary>
    private const int WarmUps = 500;
    private const int WarmUpRuns = 5000;
    private const int Starts = 11;
    private const string Busy = "import sys\nsys.stdout.write('go\\n')\nsys.stdout.flush()\nwhile True: pass";
    private const string Sleeping = "import sys, time\nsys.stdout.write('go\\n')\nsys.stdout.flush()\ntime.sleep(60)";
    private const string Sum = "import time\nbegun = time.perf_counter()\ntotal = 0\nfor i in range(5000000): total += i ^ 3\nseconds = time.perf_counter() - begun";

    public static async Task MeasureAsync()
    {
        await using var worker = await Worker.StartAsync();
        var engine = worker.Engines.Single(engine => engine.Name == "python");
        Report.Title($"Python {engine.Version}, after {WarmUps} interrupts and {WarmUpRuns} runs that do not count");
        if (engine.Unavailable is { } why)
        {
            Report.Line($"  not available: {why}");
            return;
        }

        var executable = (string)(await worker.RunAsync("python", "import sys\nsys.executable")).Value!.Typed!;
        using var raw = new RawPython(executable);
        Report.Percentiles("while True: pass, request to completed", await InterruptAsync(worker, Busy), "130 us p50, 200 us p99");
        Report.Percentiles("the same, python3 and SIGINT", Interrupt(raw, Busy), "the baseline");
        Report.Percentiles("time.sleep(60), request to completed", await InterruptAsync(worker, Sleeping), "250 us p50");
        Report.Percentiles("the same, python3 and SIGINT", Interrupt(raw, Sleeping), "the baseline");
        Report.Percentiles("1 + 1, round trip", await RoundTripAsync(worker), "30 us p50");
        Report.Percentiles("the same, python3 over a pipe", RoundTrip(raw), "the baseline");
        var (ours, theirs) = await LoopAsync(worker, raw);
        Report.Ratio("a loop of 5,000,000 turns", ours, theirs, "s", "1.00x");
        await StartAsync();
    }

    private static async Task<List<double>> InterruptAsync(Worker worker, string code)
    {
        var micros = new List<double>();
        for (var time = -WarmUps; time < Times; time++)
        {
            var run = worker.Run("python", code);
            await foreach (var next in run.Events)
            {
                if (next is OutputEvent)
                {
                    break;
                }
            }

            await Task.Delay(1);
            var started = Stopwatch.GetTimestamp();
            run.Interrupt();
            await run.Completion;
            micros.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return micros[WarmUps..];
    }

    private static List<double> Interrupt(RawPython raw, string code)
    {
        var micros = new List<double>();
        for (var time = -WarmUps; time < Times; time++)
        {
            raw.Send(code);
            raw.Read();
            Thread.Sleep(1);
            var started = Stopwatch.GetTimestamp();
            raw.Signal();
            raw.Read();
            micros.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return micros[WarmUps..];
    }

    private static async Task<List<double>> RoundTripAsync(Worker worker)
    {
        var micros = new List<double>();
        for (var run = -WarmUpRuns; run < Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            await worker.RunAsync("python", "1 + 1");
            micros.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return micros[WarmUpRuns..];
    }

    private static List<double> RoundTrip(RawPython raw)
    {
        var micros = new List<double>();
        for (var run = -WarmUpRuns; run < Runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            raw.Send("1 + 1");
            raw.Read();
            micros.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return micros[WarmUpRuns..];
    }

    /// <summary>In turns, so that the machine's moods fall on both.</summary>
    private static async Task<(double Ours, double Theirs)> LoopAsync(Worker worker, RawPython raw)
    {
        const int turns = 7;
        var ours = new List<double>();
        var theirs = new List<double>();
        var code = $"def work():\n    global seconds\n    {Sum.Replace("\n", "\n    ")}\nwork()";
        for (var turn = 0; turn < turns; turn++)
        {
            await worker.RunAsync("python", code);
            ours.Add((double)(await worker.RunAsync("python", "seconds")).Value!.Typed!);
            raw.Send(code);
            raw.Read();
            raw.Send("seconds");
            theirs.Add(double.Parse(raw.Read()!, System.Globalization.CultureInfo.InvariantCulture));
        }

        return (Report.Median(ours), Report.Median(theirs));
    }

    private static async Task StartAsync()
    {
        var without = new List<double>();
        var ready = new List<double>();
        var first = new List<double>();
        for (var start = 0; start < Starts; start++)
        {
            without.Add(await ReadyAsync("/nowhere", null));
            ready.Add(await ReadyAsync(null, null));
            first.Add(await ReadyAsync(null, "1 + 1"));
        }

        Report.Percentiles("launch to ready, no Python there", without, "the baseline");
        Report.Percentiles("launch to ready, Python there", ready, "5 ms more");
        Report.Percentiles("launch to the first Python result", first, "60,000 us more");
    }

    private static async Task<double> ReadyAsync(string? library, string? code)
    {
        var environment = library is null ? [] : new Dictionary<string, string?> { ["PROCINTERRUPT_LIBPYTHON"] = library };
        var started = Stopwatch.GetTimestamp();
        await using var worker = await Worker.StartAsync(new WorkerOptions { Environment = environment });
        if (code is not null)
        {
            await worker.RunAsync("python", code);
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }
}
