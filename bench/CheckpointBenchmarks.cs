using BenchmarkDotNet.Attributes;

namespace ProcInterrupt.Bench;

/// <summary>The micro benchmarks under BenchmarkDotNet.</summary>
public class CheckpointBenchmarks
{
    private Func<int, long> plainSum = null!;
    private Func<int, long> wovenSum = null!;
    private Func<int, int> plainFib = null!;
    private Func<int, int> wovenFib = null!;

    [GlobalSetup]
    public void Load()
    {
        var (plain, woven) = KernelAssembly.Load();
        (plainSum, wovenSum) = (plain.Kernel<long>("Sum"), woven.Kernel<long>("Sum"));
        (plainFib, wovenFib) = (plain.Kernel<int>("Fib"), woven.Kernel<int>("Fib"));
    }

    [Benchmark(Baseline = true)]
    public long SumPlain() => plainSum(1_000_000);

    [Benchmark]
    public long SumWoven() => wovenSum(1_000_000);

    [Benchmark]
    public int FibPlain() => plainFib(25);

    [Benchmark]
    public int FibWoven() => wovenFib(25);
}
