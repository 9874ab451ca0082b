using ProcInterrupt.Cli.Budgets;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Budgets;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("512K", 512L << 10)]
    [InlineData("10m", 10L << 20)]
    [InlineData("1.5G", 3L << 29)]
    public void A_number_and_perhaps_a_unit_are_an_amount(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out var bytes, out var problem), problem);
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("0.1")]
    [InlineData("5MB")]
    [InlineData("9999999999G")]
    public void Anything_else_is_refused_with_the_remedy(string text)
    {
        Assert.False(ByteSize.TryParse(text, out var bytes, out var problem));
        Assert.Equal(0, bytes);
        Assert.Contains($"'{text}'", problem, StringComparison.Ordinal);
    }
}
