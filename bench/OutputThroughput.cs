using System.Diagnostics;
using System.Globalization;

namespace ProcInterrupt.Bench;

/// <summary>How soon a line is read, and a gigabyte printed by a run and read as events, and what it costs both processes.</summary>
internal static class OutputThroughput
{
    private const long Bytes = 1L << 30;

    public static async Task MeasureAsync()
    {
        Report.Title("A line printed now and then: until it is read");
        await LatencyAsync();
        Report.Title("Output through: 1 GiB printed by a C# run, events read by the controller");
        const int line = 100;
        await MeasureAsync("lines of 100 characters, Console.WriteLine", $"var line = new string('x', {line - 1}); for (long i = 0; i < {Bytes / line}; i++) Console.WriteLine(line);");
        const int block = 1 << 20;
        await MeasureAsync("blocks of 1 Mi characters, Console.Write", $"var block = new string('x', {block}); for (long i = 0; i < {Bytes / block}; i++) Console.Write(block);");
        await MeasureAsync("a child's output: head -c 1G /dev/zero", $"Process.Start(\"sh\", [\"-c\", \"head -c {Bytes} /dev/zero | tr '\\\\\\\\0' x\"]).WaitForExit();");
    }

    /// <summary>Both processes read the same clock.</summary>
    private static async Task LatencyAsync()
    {
        const int times = 300;
        const int warmUps = 50;
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", $"for (var i = 0; i < {times + warmUps}; i++) {{ Thread.Sleep(20); Console.WriteLine(Stopwatch.GetTimestamp()); }}");
        var micros = new List<double>();
        await foreach (var item in run.Events)
        {
            if (item is OutputEvent line)
            {
                micros.Add(Stopwatch.GetElapsedTime(long.Parse(line.Text, CultureInfo.InvariantCulture)).TotalMicroseconds);
            }
        }

        Report.Percentiles("Console.WriteLine every 20 ms", micros.Skip(warmUps), "2 ms p50: gathered for 1 ms");
    }

    private static async Task MeasureAsync(string what, string code)
    {
        await using var worker = await Worker.StartAsync();
        using var process = Process.GetProcessById(worker.ProcessId);
        using var self = Process.GetCurrentProcess();

        // Tens of megabytes first: what a process needs at all is not what grows with the output.
        await PrintAsync(worker, "var warm = new string('w', 1000); for (var i = 0; i < 50_000; i++) Console.WriteLine(warm);");
        var (workerBefore, selfBefore) = (Resident(process), Resident(self));
        var (workerCpu, selfCpu) = (process.TotalProcessorTime, self.TotalProcessorTime);
        var started = Stopwatch.GetTimestamp();
        var (bytes, workerMost, selfMost) = await PrintAsync(worker, code, process, self);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        process.Refresh();
        self.Refresh();
        Report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-52} {bytes / seconds / 1e6,9:F0} MB/s   CPU: worker {(process.TotalProcessorTime - workerCpu).TotalSeconds:F1} s, controller {(self.TotalProcessorTime - selfCpu).TotalSeconds:F1} s   "
            + $"memory grew by: worker {(workerMost - workerBefore) / 1e6:F0} MB, controller {(selfMost - selfBefore) / 1e6:F0} MB   [200 MB/s, memory flat]"));
        if (bytes < Bytes * 99 / 100)
        {
            throw new InvalidOperationException($"Only {bytes} bytes came through.");
        }
    }

    private static async Task<(long Bytes, long WorkerMost, long SelfMost)> PrintAsync(Worker worker, string code, params Process[] watched)
    {
        var run = worker.Run("csharp", code, new RunOptions { WaitForReader = true });
        var (bytes, next) = (0L, 0L);
        var most = new long[2];
        await foreach (var item in run.Events)
        {
            if (item is OutputEvent output)
            {
                bytes += output.Text.Length;
                if (bytes >= next)
                {
                    next = bytes + (Bytes / 64);
                    foreach (var (index, process) in watched.Index())
                    {
                        most[index] = Math.Max(most[index], Resident(process));
                    }
                }
            }
        }

        var result = await run.Completion;
        return result.Outcome == RunOutcome.Succeeded ? (bytes, most[0], most[1]) : throw new InvalidOperationException($"The run failed: {result.Error}");
    }

    private static long Resident(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }
}
