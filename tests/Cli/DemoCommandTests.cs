using Xunit;

namespace ProcInterrupt.Tests.Cli;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task Everything_it_shows_holds()
    {
        var result = await CommandProcess.RunAsync("demo");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal("", result.Error);
        Assert.DoesNotContain("FAILED", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
        Assert.Contains("Everything held", result.Output, StringComparison.Ordinal);
        foreach (var status in new[] { ReceiptStatus.Interrupted, ReceiptStatus.Handled, ReceiptStatus.TooLate, ReceiptStatus.NeverStarted })
        {
            Assert.Matches($@"ok +receipt {status}: taken after .*, unwound after .*, reported after [0-9]", result.Output);
        }
    }

    [Fact]
    public async Task Ctrl_C_ends_it()
    {
        await using var demo = CommandProcess.Start("demo");
        Assert.Contains("is ready", await demo.ReadLineAsync(), StringComparison.Ordinal);
        demo.Signal(CommandProcess.SigInt);
        Assert.Equal(130, (await demo.EndAsync()).ExitCode);
    }
}
