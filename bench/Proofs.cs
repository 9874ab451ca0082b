using System.Diagnostics;
using System.Globalization;
using ProcInterrupt.Tests.Faults;
using ProcInterrupt.Tests.Fuzzing;

namespace ProcInterrupt.Bench;

/// <summary>Long proofs: <c>fuzz --inputs N --seed N</c> and <c>faults --moments N --seed N [--only NAME]</c>. They pass or fail.</summary>
internal static class Proofs
{
    public static async Task<int> RunAsync(string proof, string[] arguments)
    {
        var seed = (int)Option(arguments, "--seed", Random.Shared.Next());
        Report.Title($"{proof}, seed {seed}");
        try
        {
            if (proof == "fuzz")
            {
                Fuzz(Option(arguments, "--inputs", 10_000_000), seed);
            }
            else
            {
                var only = Array.IndexOf(arguments, "--only") is >= 0 and var at ? arguments[at + 1] : null;
                await FaultsAsync((int)Option(arguments, "--moments", 1000), seed, only);
            }

            return 0;
        }
        catch (Exception finding) when (finding is FuzzException or FaultException)
        {
            Report.Line($"  FOUND: {finding}");
            return 1;
        }
    }

    private static void Fuzz(long inputs, int seed)
    {
        var fuzzer = new Fuzzer(seed, FuzzTargets.All());
        var clock = Stopwatch.StartNew();
        try
        {
            fuzzer.Run(inputs);
        }
        finally
        {
            foreach (var (target, result) in fuzzer.Results)
            {
                Report.Line(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {target,-14} {result.Inputs,11} inputs   {result.Outcomes,5} different outcomes   slowest {result.SlowestMillis,7:F1} ms   most allocated for one {result.MostBytes,8} bytes"));
            }

            Report.Line(string.Create(CultureInfo.InvariantCulture, $"  {clock.Elapsed.TotalSeconds:F0} s"));
        }
    }

    private static async Task FaultsAsync(int moments, int seed, string? only)
    {
        foreach (var (name, kind) in FaultKinds.All)
        {
            if (only is null || only == name)
            {
                var clock = Stopwatch.StartNew();
                var result = await kind(moments, seed);
                Report.Line(string.Create(CultureInfo.InvariantCulture, $"  {name,-20} {moments} moments, {clock.Elapsed.TotalSeconds:F0} s: {result}"));
            }
        }
    }

    private static long Option(string[] arguments, string name, long otherwise) =>
        Array.IndexOf(arguments, name) is >= 0 and var at ? long.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
