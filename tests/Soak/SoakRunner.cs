using System.Collections.Concurrent;
using System.Diagnostics;
using ProcInterrupt.Tests.EndToEnd.Python;
using ProcInterrupt.WorkerProcess.Engines.Python.Locating;

namespace ProcInterrupt.Tests.Soak;

/// <summary>A soak: workers under random programs, requests, strangers, swaps, resets and deaths, every request accounted for.</summary>
internal sealed class SoakRunner : IDisposable
{
    private static readonly TimeSpan SettleBound = TimeSpan.FromSeconds(15);

    private readonly SoakOptions options;
    private readonly TextWriter output;
    private readonly SoakTally tally;
    private readonly CancellationTokenSource over = new();
    private readonly string folder = Directory.CreateTempSubdirectory("soak-").FullName;
    private readonly WorkerOptions workerOptions;
    private (long Requests, long Heap)? firstHeap;
    private (long Requests, long Heap)? lastHeap;
    private long lastTag;
    private volatile int immortal;

    /// <param name="options">What to do.</param>
    /// <param name="output">Where it is told.</param>
    public SoakRunner(SoakOptions options, TextWriter output)
    {
        this.options = options;
        this.output = output;
        tally = new SoakTally(output);
        workerOptions = new WorkerOptions
        {
            OutputRetention = 64 * 1024,
            Environment = new Dictionary<string, string?> { [LocatingEnvironment.LibraryVariable] = PythonLibraries.Default },
        };

        // Sockets go to a folder of our own, so that what is left there is ours.
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", folder);
        Environment.SetEnvironmentVariable("TMPDIR", folder);
    }

    /// <returns>Whether everything was as promised.</returns>
    public async Task<bool> RunAsync()
    {
        output.WriteLine($"seed {options.Seed}");
        ThreadPool.SetMinThreads(8 * options.Workers, 8 * options.Workers);
        var random = new Random(options.Seed);

        // What the runtime and the library keep for good is there after the first worker.
        await using (await Worker.StartAsync(workerOptions))
        {
        }

        var before = SoakUse.Look(folder);
        var begun = Stopwatch.GetTimestamp();
        if (options.Duration is { } duration)
        {
            over.CancelAfter(duration);
        }

        var lanes = Enumerable.Range(0, options.Workers).Select(lane => LaneAsync(lane, new Random(random.Next()))).ToArray();
        var watch = WatchAsync(begun);
        await Task.WhenAll(lanes);
        await over.CancelAsync();
        await watch;
        return await ReportAsync(before, Stopwatch.GetElapsedTime(begun));
    }

    public void Dispose()
    {
        over.Dispose();
        tally.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>One worker after the other.</summary>
    private async Task LaneAsync(int lane, Random random)
    {
        var ended = new ConcurrentQueue<SoakRun>();
        try
        {
            for (var life = 1; !over.IsCancellationRequested; life++)
            {
                var worker = await Worker.StartAsync(workerOptions);
                immortal = lane == 0 ? worker.ProcessId : immortal;
                await using var work = new SoakLife(
                    worker, options, $"{lane}.{life}", lane != 0, ended, random, () => Interlocked.Increment(ref lastTag), tally, over.Token);
                await work.WorkAsync();
            }
        }
        catch (Exception exception)
        {
            tally.Add(SoakFault.Wrong, $"lane {lane} failed: {exception}");
            await over.CancelAsync();
        }
    }

    /// <summary>Tells what is in use every so often, and ends it when enough has been asked; also when it fails itself, since nobody else would.</summary>
    private async Task WatchAsync(long begun)
    {
        try
        {
            await WatchToTheEndAsync(begun);
        }
        catch (Exception exception)
        {
            tally.Add(SoakFault.Wrong, $"the look at what is used failed: {exception}");
            await over.CancelAsync();
        }
    }

    private async Task WatchToTheEndAsync(long begun)
    {
        var next = options.Interval;
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(50, CancellationToken.None);
            var requests = tally.Requests;
            if (requests >= options.Interrupts)
            {
                await over.CancelAsync();
            }

            if (requests >= next)
            {
                next += options.Interval;
                var use = SoakUse.Look(folder);
                lastHeap = (requests, use.Heap);
                firstHeap ??= lastHeap;
                var elapsed = Stopwatch.GetElapsedTime(begun).TotalSeconds;
                output.WriteLine(
                    $"{requests,9} requests {elapsed,7:F0} s {requests / elapsed,6:F0}/s   threads {use.Threads} descriptors {use.Descriptors} processes {use.Children} files {use.Files}   "
                    + $"heap {use.Heap / 1e6:F1} MB resident {use.Resident / 1e6:F0} MB   first worker: {SoakUse.ResidentOf(immortal) / 1e6:F0} MB");
            }
        }
    }

    private async Task<bool> ReportAsync(SoakUse before, TimeSpan elapsed)
    {
        // What was let go of is gone soon, not at once.
        var settle = Stopwatch.StartNew();
        SoakUse after;
        while ((after = SoakUse.Look(folder)) is var use
            && (use.Threads > before.Threads || use.Descriptors > before.Descriptors || use.Children > before.Children || use.Files > before.Files)
            && settle.Elapsed < SettleBound)
        {
            await Task.Delay(100);
        }

        var requests = tally.Requests;
        var unanswered = requests - tally.Receipts;
        if (unanswered != 0)
        {
            tally.Add(unanswered > 0 ? SoakFault.Lost : SoakFault.Duplicated, $"{requests} requests have {tally.Receipts} receipts");
        }

        output.WriteLine(string.Join(", ", tally.Counts.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Value} {pair.Key}")));
        var faults = string.Join(", ", Enum.GetValues<SoakFault>().Select(fault => $"{fault.ToString().ToLowerInvariant()} {tally.Of(fault)}"));
        if (after.Descriptors > before.Descriptors)
        {
            output.WriteLine($"descriptors at the end: {string.Join(", ", SoakUse.Descriptions().Order())}");
        }

        if (after.Threads > before.Threads)
        {
            output.WriteLine($"threads at the end: {string.Join(", ", SoakUse.ThreadNames().Order())}");
        }

        var leaked = (Threads: after.Threads - before.Threads, Descriptors: after.Descriptors - before.Descriptors, Processes: after.Children - before.Children, Files: after.Files - before.Files);
        // Between the first look and the last: what the first runs bring for good does not count.
        var growth = firstHeap is { } first && lastHeap is { } last && last.Requests > first.Requests
            ? $"{(last.Heap - first.Heap) / 1e6 * 100_000 / (last.Requests - first.Requests):F2} MB"
            : "not known";
        output.WriteLine($"{requests} requests in {elapsed.TotalSeconds:F0} s: {faults}; leaked threads {leaked.Threads}, descriptors {leaked.Descriptors}, "
            + $"processes {leaked.Processes}, files {leaked.Files}; memory per 100,000: {growth}");
        return Enum.GetValues<SoakFault>().All(fault => tally.Of(fault) == 0)
            && leaked is { Threads: <= 0, Descriptors: <= 0, Processes: <= 0, Files: <= 0 };
    }
}
