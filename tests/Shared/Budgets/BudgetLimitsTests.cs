using ProcInterrupt.Budgets;
using Xunit;

namespace ProcInterrupt.Tests.Shared.Budgets;

public sealed class BudgetLimitsTests
{
    private static readonly BudgetLimits All = new()
    {
        WallMicros = 1, CpuMicros = 2, MemoryBytes = 3, OutputBytes = 4, Processes = 5, Threads = 6, FileBytes = long.MaxValue, GraceMicros = 8,
    };

    [Fact]
    public void What_is_written_is_read_again() =>
        Assert.Equal(All, All.Words().Aggregate(BudgetLimits.None, static (read, word) => read.TryAdd(word)!));

    [Theory]
    [InlineData("")]
    [InlineData("wall")]
    [InlineData("wall=")]
    [InlineData("wall=0")]
    [InlineData("wall=-1")]
    [InlineData("wall=1=2")]
    [InlineData("wall=99999999999999999999")]
    [InlineData("Wall=1")]
    [InlineData("luck=1")]
    public void Anything_else_is_refused(string word) => Assert.Null(BudgetLimits.None.TryAdd(word));

    [Fact]
    public void A_grace_alone_is_no_budget()
    {
        Assert.False(new BudgetLimits { GraceMicros = 1 }.Any);
        Assert.True(All.Any);
    }

    [Theory]
    [InlineData(103, null, InterruptReason.Output)]
    [InlineData(109, null, InterruptReason.FileSize)]
    [InlineData(null, 24, InterruptReason.Cpu)]
    [InlineData(null, 26, InterruptReason.WallTime)]
    [InlineData(0, null, null)]
    [InlineData(102, null, null)]
    [InlineData(110, null, null)]
    [InlineData(-1, null, null)]
    [InlineData(null, 9, null)]
    public void A_workers_end_names_its_budget(int? exitCode, int? signal, InterruptReason? reason)
    {
        Assert.Equal(reason, All.ReasonOf(exitCode, signal));
        Assert.Null(BudgetLimits.None.ReasonOf(exitCode, signal));
    }
}
