using ProcInterrupt.Tests.Controller;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Fuzzing;

/// <summary>A few seconds of what <c>bench fuzz</c> does for hours.</summary>
public sealed class FuzzTests
{
    private readonly ITestOutputHelper log;

    public FuzzTests(ITestOutputHelper log) => this.log = log;

    [Fact]
    public void No_input_is_more_than_refused()
    {
        var seed = TestSeed.Next();
        log.WriteLine($"seed {seed}");
        var targets = FuzzTargets.All();
        var fuzzer = new Fuzzer(seed, targets);
        fuzzer.Run(2_000); // so many for every target's sake, however busy the machine is
        fuzzer.Run(200_000, TimeSpan.FromSeconds(5));
        foreach (var target in targets.OfType<IDisposable>())
        {
            target.Dispose();
        }

        foreach (var (name, result) in fuzzer.Results)
        {
            log.WriteLine($"{name}: {result.Inputs} inputs, {result.Outcomes} outcomes");
            Assert.InRange(result.Outcomes, 2, int.MaxValue);
        }
    }

    [Fact]
    public void A_finding_names_the_input_and_the_seed()
    {
        var thrown = Assert.Throws<FuzzException>(() => new Fuzzer(7, [new Faulty()]).Run(1_000_000));
        Assert.Contains("faulty, seed 7", thrown.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(thrown.InnerException);
    }

    private sealed class Faulty : IFuzzTarget
    {
        public string Name => "faulty";

        public int Share => 1;

        public long AllowedBytes(int length) => 1 << 20;

        public byte[] Valid(Random random) => [1, 2, 3];

        public string Feed(byte[] input) => input is [_, _, 0xc1, ..] ? throw new FormatException() : $"{input.Length}";
    }
}
