namespace ProcInterrupt.Tests.Controller;

/// <summary>Seeds of the random tests: each prints its own, and the variable TEST_SEED repeats one.</summary>
internal static class TestSeed
{
    public static int Next() => int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), out var seed) ? seed : Random.Shared.Next();
}
