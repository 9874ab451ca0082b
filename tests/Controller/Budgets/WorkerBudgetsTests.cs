using Xunit;

namespace ProcInterrupt.Tests.Controller.Budgets;

public sealed class WorkerBudgetsTests
{
    public static TheoryData<WorkerBudgets, string> Wrong => new()
    {
        { new WorkerBudgets { WallTime = TimeSpan.Zero }, nameof(WorkerBudgets.WallTime) },
        { new WorkerBudgets { CpuTime = TimeSpan.FromDays(25) }, nameof(WorkerBudgets.CpuTime) },
        { new WorkerBudgets { MemoryBytes = (64 << 20) - 1 }, nameof(WorkerBudgets.MemoryBytes) },
        { new WorkerBudgets { OutputBytes = 0 }, nameof(WorkerBudgets.OutputBytes) },
        { new WorkerBudgets { Threads = 63 }, nameof(WorkerBudgets.Threads) },
        { new WorkerBudgets { Processes = 0 }, nameof(WorkerBudgets.Processes) },
        { new WorkerBudgets { FileBytes = 65_535 }, nameof(WorkerBudgets.FileBytes) },
        { new WorkerBudgets { Grace = TimeSpan.Zero }, nameof(WorkerBudgets.Grace) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_out_of_range_is_refused_by_name_before_anything_starts(WorkerBudgets budgets, string name)
    {
        var refused = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Worker.StartAsync(new WorkerOptions { Budgets = budgets }));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_limited_by_default()
    {
        new WorkerBudgets().Validate();
        Assert.False(new WorkerBudgets().Limits.Any);
    }
}
