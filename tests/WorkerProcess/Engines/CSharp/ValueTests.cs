using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Scripting.Hosting;
using Microsoft.CodeAnalysis.Scripting;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

public sealed class ValueTests : CSharpSessionFixture
{
    private static readonly ScriptOptions Baseline =
        ScriptOptions.Default.WithImports("System", "System.Linq", "System.Collections.Generic").AddReferences(typeof(Enumerable).Assembly);

    [Theory]
    [InlineData("6 * 7", "42")]
    [InlineData("\"a\\nb\"", "\"a\\nb\"")]
    [InlineData("'x'", "'x'")]
    [InlineData("new[] { 1, 2 }", "int[2] { 1, 2 }")]
    [InlineData("new List<string> { \"a\" }", "List<string>(1) { \"a\" }")]
    [InlineData("new { A = 1 }", "[{ A = 1 }]")]
    [InlineData("(string)null", "null")]
    [InlineData("null", "null")]
    [InlineData("return 5;", "5")]
    [InlineData("return null;", "null")]
    [InlineData("await Task.FromResult(9)", "9")]
    [InlineData("await Task.Run(async () => { await Task.Delay(5); return 9; })", "9")]
    [InlineData("DayOfWeek.Friday", "Friday")]
    [InlineData("1.5m", "1.5")]
    public void The_last_expression_is_the_value_as_Roslyn_shows_it(string code, string expected) => Assert.Equal(expected, Text(code));

    [Theory]
    [InlineData("")]
    [InlineData("  \n // nothing\n")]
    [InlineData("var a = 1;")]
    [InlineData("1.ToString();")]
    [InlineData("GC.KeepAlive(null)")]
    [InlineData("await Task.Delay(1)")]
    [InlineData("using System.Net;")]
    [InlineData("int F() => 1;")]
    [InlineData("if (true) { }")]
    public void A_program_without_a_last_expression_has_no_value(string code) => Assert.Null(Value(code));

    [Theory]
    [InlineData("true", true)]
    [InlineData("(byte)1", 1L)]
    [InlineData("-1", -1L)]
    [InlineData("uint.MaxValue", 4294967295L)]
    [InlineData("1.5f", 1.5)]
    [InlineData("2.5", 2.5)]
    [InlineData("\"s\"", "s")]
    [InlineData("new byte[] { 1 }", new byte[] { 1 })]
    [InlineData("1m", null)]
    [InlineData("ulong.MaxValue", null)]
    [InlineData("new[] { 1 }", null)]
    [InlineData("null", null)]
    public void Simple_values_cross_typed(string code, object? expected) => Assert.Equal(expected, Value(code)!.Typed);

    [Theory]
    [InlineData("IEnumerable<int> All() { for (int i = 0; ; i++) yield return i; } All()", "All { 0, 1, 2, ")]
    [InlineData("IEnumerable<int> All() { for (int i = 0; ; i++) yield return i; } All().Select(n => n % 7)", "0, 1, 2, 3, 4, 5, 6, 0, ")]
    [InlineData("Enumerable.Range(0, int.MaxValue)", "{ 0, 1, 2, ")]
    [InlineData("new byte[300_000_000]", "byte[300000000] { 0, 0, ")]
    [InlineData("new List<int>(new int[10_000_000])", "List<int>(10000000) { 0, 0, ")]
    [InlineData("Enumerable.Range(0, 1_000_000).ToDictionary(n => n)", "Dictionary<int, int>(1000000) { { 0, 0 }, { 1, 1 }, ")]
    public void A_long_or_endless_sequence_is_shown_in_part(string code, string start)
    {
        string text = Text(code)!;
        Assert.Contains(start, text[..100], StringComparison.Ordinal);
        Assert.EndsWith("...", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 60_000, 70_000);
    }

    [Theory]
    [InlineData("IEnumerable<object> F() { yield return 1; yield return \"a\"; yield return new[] { 2 }; } F()")]
    [InlineData("IEnumerable<object> F() { yield break; } F()")]
    [InlineData("IEnumerable<object> F() { yield return 1; throw new FormatException(); } F()")]
    [InlineData("new HashSet<int> { 1, 2 }")]
    [InlineData("new Queue<string>(new[] { \"a\" })")]
    [InlineData("new Dictionary<string, int> { [\"a\"] = 1 }")]
    [InlineData("Enumerable.Range(0, 3)")]
    [InlineData("new[] { new[] { 1 }, new int[0] }")]
    [InlineData("new int[2, 2]")]
    public async Task A_short_sequence_is_shown_as_Roslyn_shows_it(string code) =>
        Assert.Equal(CSharpObjectFormatter.Instance.FormatObject(await CSharpScript.EvaluateAsync<object>(code, Baseline)), Text(code));

    [Fact]
    public void A_value_that_refuses_to_be_shown_does_not_fail_the_run()
    {
        Ok("class Bad { public override string ToString() => throw new InvalidOperationException(\"no\"); }");
        Assert.Contains("InvalidOperationException", Text("new Bad()"), StringComparison.Ordinal);
        Ok("class Worse : System.Collections.IEnumerable { public System.Collections.IEnumerator GetEnumerator() => throw new FormatException(); }");
        Assert.Contains("FormatException", Text("new Worse()"), StringComparison.Ordinal);
        Assert.Equal("1", Text("1"));
    }

    [Fact]
    public void A_value_is_shown_within_user_code()
    {
        var scope = new DirectScope();
        Assert.NotNull(Execute("new object()", scope: scope).Value);
        Assert.True(scope.Calls >= 1);
        Ok("static string? Shown; class Loud { public override string ToString() { Shown = Environment.StackTrace; return \"loud\"; } }");
        Assert.Equal("[loud]", Text("new Loud()"));
        Assert.Equal("true", Text("Shown.Contains(\"CallUserCode\")"));
    }

    [Fact]
    public void A_value_that_contains_itself_is_shown()
    {
        Assert.NotNull(Text("var a = new object[1]; a[0] = a; a"));
        Assert.NotNull(Text("object deep = null; for (int i = 0; i < 500; i++) deep = new[] { deep }; deep"));
    }
}
