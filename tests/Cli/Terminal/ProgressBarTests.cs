using ProcInterrupt.Cli.Terminal;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Terminal;

public sealed class ProgressBarTests
{
    [Theory]
    [InlineData(0.5, "half", "[###############...............]", "half")]
    [InlineData(7, null, "[##############################]", "100")]
    [InlineData(double.NaN, "a\e[2Jb\n", "[..............................]", "a[2Jb")]
    public void It_shows_the_fraction_and_a_message_that_cannot_move_the_cursor(double fraction, string? message, string bar, string text)
    {
        var terminal = new StringWriter();
        new ProgressBar(terminal).Show(fraction, message);
        Assert.Contains(bar, terminal.ToString(), StringComparison.Ordinal);
        Assert.Contains(text, terminal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', terminal.ToString());
    }

    [Fact]
    public void Clearing_what_is_not_shown_writes_nothing()
    {
        var terminal = new StringWriter();
        var bar = new ProgressBar(terminal);
        bar.Clear();
        Assert.Equal("", terminal.ToString());
    }
}
