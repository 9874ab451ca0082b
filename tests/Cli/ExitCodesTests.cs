using ProcInterrupt.Cli;
using Xunit;

namespace ProcInterrupt.Tests.Cli;

public sealed class ExitCodesTests
{
    [Theory]
    [InlineData(RunOutcome.Succeeded, null, null, 0)]
    [InlineData(RunOutcome.Succeeded, null, 3, 3)]
    [InlineData(RunOutcome.Failed, null, null, 1)]
    [InlineData(RunOutcome.Interrupted, InterruptReason.User, null, 130)]
    [InlineData(RunOutcome.Interrupted, InterruptReason.Deadline, null, 124)]
    [InlineData(RunOutcome.Interrupted, InterruptReason.Shutdown, null, 143)]
    [InlineData(RunOutcome.Interrupted, InterruptReason.Memory, null, 130)]
    [InlineData(RunOutcome.Interrupted, InterruptReason.WallTime, null, 124)]
    [InlineData(RunOutcome.Terminated, null, null, 143)]
    [InlineData(RunOutcome.Killed, null, null, 137)]
    [InlineData(RunOutcome.WorkerLost, null, null, 70)]
    public void Each_outcome_has_its_code(RunOutcome outcome, InterruptReason? reason, int? codesOwn, int expected) =>
        Assert.Equal(expected, ExitCodes.Of(outcome, reason, codesOwn));

    [Fact]
    public void No_outcome_is_without_a_code() =>
        Assert.All(Enum.GetValues<RunOutcome>(), outcome => ExitCodes.Of(outcome, InterruptReason.User, null));
}
