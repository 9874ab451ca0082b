using Xunit;

namespace ProcInterrupt.Tests.Soak;

/// <summary>The soak's command line. The soak itself is `./test.sh soak N`; the suite runs <see cref="EndToEnd.StormTests"/>.</summary>
public sealed class SoakTests
{
    [Theory]
    [InlineData]
    [InlineData("many")]
    [InlineData("--seed", "1")]
    [InlineData("--seconds")]
    [InlineData("--seconds", "1", "--nonsense", "1")]
    public async Task Bad_arguments_are_refused(params string[] arguments)
    {
        await using var told = new StringWriter();

        Assert.Equal(2, await SoakCommand.RunAsync(arguments, told));
        Assert.Contains("usage:", told.ToString(), StringComparison.Ordinal);
    }
}
