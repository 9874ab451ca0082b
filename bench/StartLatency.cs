using System.Diagnostics;

namespace ProcInterrupt.Bench;

/// <summary>From the launch to a ready worker, and to the first C# result.</summary>
internal static class StartLatency
{
    private const int Starts = 15;

    public static async Task MeasureAsync()
    {
        Report.Title("Worker start");
        var ready = new List<double>();
        var first = new List<double>();
        for (var start = 0; start < Starts; start++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var worker = await Worker.StartAsync();
            ready.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            await worker.RunAsync("csharp", "1 + 1");
            first.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        Report.Percentiles("launch to ready", ready, "100,000 us");
        Report.Percentiles("launch to the first C# result", first, "400,000 us");
    }
}
