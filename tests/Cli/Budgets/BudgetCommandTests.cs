using Xunit;

namespace ProcInterrupt.Tests.Cli.Budgets;

/// <summary>Budgets given on the command line.</summary>
public sealed class BudgetCommandTests
{
    [Theory]
    [InlineData(124, "wallTime", "--wall", "500ms", "while (true) ;")]
    [InlineData(130, "output", "--output", "100K", "while (true) Console.WriteLine(1);")]
    [InlineData(1, "memory", "--memory", "128M", "var l = new List<byte[]>(); while (true) l.Add(new byte[1 << 20]);")]
    public async Task A_run_over_its_budget_ends_with_the_reason(int exitCode, string reason, string option, string amount, string code)
    {
        var result = await CommandProcess.RunAsync("run", "--json", option, amount, "-c", code);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains($"\"reason\":\"{reason}\"", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--wall", "5", "not a duration")]
    [InlineData("--memory", "much", "not an amount of bytes")]
    [InlineData("--memory", "1M", "MemoryBytes is 67108864 or more")]
    [InlineData("--threads", "3", "Threads is 64 or more")]
    public async Task A_budget_that_makes_no_sense_is_refused(string option, string amount, string problem)
    {
        var result = await CommandProcess.RunAsync("run", option, amount, "-c", "1");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }
}
