using ProcInterrupt.Tests.Controller;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Faults;

/// <summary>A few of the thousand moments of <c>bench faults</c>.</summary>
[Collection(WorkerProcessesCollection.Name)]
public sealed class FaultTests
{
    private readonly ITestOutputHelper log;

    public FaultTests(ITestOutputHelper log) => this.log = log;

    [Theory]
    [InlineData("worker-stopped", 20)]
    [InlineData("controller-stopped", 12)]
    [InlineData("worker-killed", 5)]
    [InlineData("controller-killed", 4)]
    public async Task State_is_as_promised_after_a_fault_at_any_moment(string name, int moments)
    {
        var seed = TestSeed.Next();
        log.WriteLine($"seed {seed}");
        log.WriteLine(await FaultKinds.All.Single(fault => fault.Name == name).Kind(moments, seed));
    }
}
