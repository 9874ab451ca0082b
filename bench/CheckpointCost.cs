using System.Diagnostics;

namespace ProcInterrupt.Bench;

/// <summary>What checkpoints and the recursion guard cost: the same code woven and not, alternating in one process.</summary>
internal static class CheckpointCost
{
    private const int Rounds = 31;

    public static void Measure()
    {
        // On a thread with the stack that the woven guard knows.
        var thread = new Thread(Run, 64 * 1024 * 1024);
        thread.Start();
        thread.Join();
    }

    private static void Run()
    {
        var (plain, woven) = KernelAssembly.Load();
        Report.Title("Checkpoint cost: woven against the same code unwoven, median of alternating rounds");
        Compare<long>("tight loop: sum", "Sum", 20_000_000, "1.10x");
        Compare<long>("tight loop: while (true) with break", "While", 20_000_000, "1.10x");
        Compare<int>("sieve", "Sieve", 4_000_000, "1.10x");
        Compare<double>("matrix product", "Matrix", 300, "1.10x");
        Compare<int>("foreach over an array", "Bytes", 5_000, "1.10x");
        Compare<int>("recursion guard: Fibonacci", "Fib", 34, "1.10x");
        Compare<long>("await of a completed task", "Awaited", 5_000_000, "1.10x");
        Compare<long>("await of a completed task with a result", "AwaitedOfT", 5_000_000, "1.10x");
        Compare<long>("await of a completed value task", "AwaitedValue", 5_000_000, "1.10x");
        Compare<long>("result of a completed task", "Results", 5_000_000, "1.10x");
        Compare<long>("lock that nobody holds", "Locked", 2_000_000, "1.10x");
        Compare<long>("System.Threading.Lock that nobody holds", "NewLocked", 2_000_000, "1.10x");

        void Compare<T>(string what, string name, int size, string goal)
        {
            var (first, second) = (plain.Kernel<T>(name), woven.Kernel<T>(name));
            if (!Equals(first(size), second(size)))
            {
                throw new InvalidOperationException($"{name}: woven code computes something else.");
            }

            // Past the tiers of the JIT before anything counts.
            for (var warm = 0; warm < 40; warm++)
            {
                first(size / 20);
                second(size / 20);
            }

            var plainTimes = new List<double>();
            var wovenTimes = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                plainTimes.Add(Time(() => first(size)));
                wovenTimes.Add(Time(() => second(size)));
            }

            Report.Ratio(what, Report.Median(wovenTimes), Report.Median(plainTimes), "ms", goal);
        }
    }

    private static double Time<T>(Func<T> work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
