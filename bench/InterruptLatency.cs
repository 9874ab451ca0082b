using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using ProcInterrupt.Interrupts;

namespace ProcInterrupt.Bench;

/// <summary>From the request to the loop, and to the controller knowing that the run is over.</summary>
internal static class InterruptLatency
{
    private const int Times = 5000;

    /// <summary>Waits take longer to begin than to end.</summary>
    private const int Waits = 1000;

    /// <summary>Before the figures are taken: the runtime compiles what is used often once more meanwhile.</summary>
    private const int WarmUps = 300;

    public static async Task MeasureAsync()
    {
        await using var worker = await Worker.StartAsync();
        Report.Title($"Interrupt latency, after {WarmUps} that do not count");
        Report.Percentiles("word written to seen by a busy loop", await SeenAsync(worker), "1 us p50");
        Report.Percentiles("request to completed at the controller, while(true){}", await CompletedAsync(worker, "while (true) { }", Times), "100 us p50, 500 us p99");
        foreach (var wait in (string[])["Thread.Sleep(-1)", "Task.Delay(-1).Wait()", "await Task.Delay(-1)"])
        {
            Report.Percentiles($"the same, {wait}", await CompletedAsync(worker, $"{wait};", Waits), "250 us p50, 1 ms p99");
        }
    }

    /// <summary>A handler keeps the loop going; the time of taking is read from the map, in nanoseconds of the same clock.</summary>
    private static async Task<List<double>> SeenAsync(Worker worker)
    {
        await worker.RunAsync("csharp", "Interrupt.Handle(Signal.User1, _ => { });");
        var run = worker.Run("csharp", "Console.Write(\"go\"); while (true) { }");
        await PrintedAsync(run);
        var micros = new List<double>();
        using (var map = MemoryMappedFile.CreateFromFile(worker.MapPath!, FileMode.Open, null, InterruptMapLayout.Size))
        using (var view = map.CreateViewAccessor())
        {
            for (var time = 0; time < Times; time++)
            {
                var before = view.ReadInt64(InterruptMapLayout.TakenNanos);
                var written = MonotonicClock.Nanos;
                view.Write(InterruptMapLayout.Word, (byte)Signal.User1);
                long taken;
                while ((taken = view.ReadInt64(InterruptMapLayout.TakenNanos)) == before)
                {
                }

                micros.Add((taken - written) / 1000.0);
                var until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 5000);
                while (Stopwatch.GetTimestamp() < until)
                {
                }
            }
        }

        await run.InterruptAsync();
        await run.Completion;
        return micros;
    }

    private static async Task<List<double>> CompletedAsync(Worker worker, string code, int times)
    {
        var micros = new List<double>();
        for (var time = -WarmUps; time < times; time++)
        {
            var run = worker.Run("csharp", $"Console.Write(\"go\"); {code}");
            await PrintedAsync(run);
            await Task.Delay(1);
            var started = Stopwatch.GetTimestamp();
            run.Interrupt();
            await run.Completion;
            micros.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return micros[WarmUps..];
    }

    private static async Task PrintedAsync(Run run)
    {
        await foreach (var next in run.Events)
        {
            if (next is OutputEvent)
            {
                return;
            }
        }

        throw new InvalidOperationException($"The run ended early: {(await run.Completion).Error}");
    }
}
