using ProcInterrupt.Cli.Json;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Json;

public sealed class EnumTextTests
{
    [Fact]
    public void Names_are_camel_case()
    {
        Assert.Equal(
            ["succeeded", "failed", "interrupted", "terminated", "killed", "workerLost"],
            Enum.GetValues<RunOutcome>().Select(EnumText.Of));
        Assert.Equal(["signal", "insist", "terminate", "kill"], Enum.GetValues<InterruptRung>().Select(EnumText.Of));
        Assert.Equal(
            ["user", "deadline", "shutdown", "output", "memory", "cpu", "wallTime", "processes", "threads", "fileSize"],
            Enum.GetValues<InterruptReason>().Select(EnumText.Of));
        Assert.Equal(["stdout", "stderr"], Enum.GetValues<OutputStream>().Select(EnumText.Of));
    }
}
