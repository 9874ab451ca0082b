using Xunit;

namespace ProcInterrupt.Tests.Shared.Reporting;

/// <summary>What may be shown and reported; here outside a worker.</summary>
public sealed class DisplayTests
{
    [Fact]
    public void Outside_a_worker_nothing_happens_but_what_is_wrong_is_refused_all_the_same()
    {
        Progress.Report(0);
        Progress.Report(1, "done");
        Display.Html("<b/>");
        Display.Png([1, 2]);
        Display.Json(new { x = 1 });
        foreach (var fraction in new[] { double.NaN, -double.Epsilon, 1.0000001, double.NegativeInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Progress.Report(fraction));
        }

        Assert.Throws<ArgumentNullException>(() => Display.Text(null!));
        Assert.Throws<ArgumentNullException>(() => Display.Png((byte[])null!));
        Assert.Throws<ArgumentNullException>(() => Display.Show(null!));
        Assert.Throws<ArgumentException>(() => Display.Json("{"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("/plain")]
    [InlineData("text/")]
    [InlineData("text/pla in")]
    [InlineData("text/plain\n")]
    public void What_is_no_mime_type_is_refused_by_its_name(string type)
    {
        var thrown = Assert.Throws<ArgumentException>(() => Display.Show(new Dictionary<string, string> { [type] = "" }));
        Assert.Contains($"'{type}'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_form_too_many_and_null_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Display.Show(new Dictionary<string, string>()));
        Assert.Throws<ArgumentException>(() => Display.Show(new Dictionary<string, string> { ["text/plain"] = null! }));
        Assert.Throws<ArgumentException>(() => Display.Show(Enumerable.Range(0, 65).ToDictionary(number => $"x/{number}", _ => "")));
        Display.Show(Enumerable.Range(0, 64).ToDictionary(number => $"x/{number}", _ => ""));
    }
}
