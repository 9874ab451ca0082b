using ProcInterrupt.Cli;
using Xunit;

namespace ProcInterrupt.Tests.Cli;

public sealed class DurationTests
{
    [Theory]
    [InlineData("5s", 5_000)]
    [InlineData("250ms", 250)]
    [InlineData("1m", 60_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData(".5s", 500)]
    [InlineData("0.25m", 15_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("576h", 2_073_600_000)]
    public void A_number_and_a_unit_are_a_duration(string text, long millis)
    {
        Assert.True(Duration.TryParse(text, out var duration, out var problem), problem);
        Assert.Equal(TimeSpan.FromMilliseconds(millis), duration);
    }

    [Fact]
    public void Microseconds_are_kept()
    {
        Assert.True(Duration.TryParse("0.25ms", out var duration, out _));
        Assert.Equal(TimeSpan.FromMicroseconds(250), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData("5S")]
    [InlineData("5sec")]
    [InlineData("1,5s")]
    [InlineData("1e3s")]
    [InlineData("1.5.5s")]
    [InlineData("soon")]
    [InlineData("0s")]
    [InlineData("0.0001ms")]
    [InlineData("577h")]
    [InlineData("9999999999999999999999999999s")]
    [InlineData("99999999999999999999999999999999s")]
    public void Anything_else_is_refused_by_name(string text)
    {
        Assert.False(Duration.TryParse(text, out var duration, out var problem));
        Assert.Equal(TimeSpan.Zero, duration);
        Assert.Contains($"'{text}'", problem, StringComparison.Ordinal);
    }
}
