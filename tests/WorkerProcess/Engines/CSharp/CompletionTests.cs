using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

/// <summary>A bar in the code is the cursor.</summary>
public sealed class CompletionTests : CSharpSessionFixture
{
    [Theory]
    [InlineData("Console.Wri|", "Write", "WriteLine")]
    [InlineData("Console.|", "Clear", "Out", "ReadLine", "WriteLine")]
    [InlineData("\"abc\".Sub|", "Substring")]
    [InlineData("numbers.Whe|", "Where")]
    [InlineData("numbers.|", "Add", "Count", "Select", "Where")]
    [InlineData("var n = numbers.Fir|", "First", "FirstOrDefault")]
    [InlineData("numbers?.Cou|", "Count")]
    [InlineData("System.Col|", "Collections")]
    [InlineData("System.Collections.|", "Generic")]
    [InlineData("new System.Te|", "Text")]
    [InlineData("DayOfWeek.|", "Friday", "Monday")]
    [InlineData("numb|", "numbers")]
    [InlineData("Twi|", "Twice")]
    [InlineData("Poi|", "Point")]
    [InlineData("new Point(1, 2).|", "X", "Y", "ToString")]
    [InlineData("whi|", "while")]
    [InlineData("foreach (var n in numb|", "numbers")]
    [InlineData("var local = 1; loc|", "local")]
    [InlineData("void F(string text)\n{\n    text.Tri|", "Trim", "TrimEnd")]
    [InlineData("numbers.Select(n => n.ToS|", "ToString")]
    [InlineData("{ var inner = 1; inn|", "inner")]
    [InlineData("$\"{numb|", "numbers")]
    [InlineData("maybe?.Ye|", "Year")]
    [InlineData("global::Sys|", "System")]
    [InlineData("numbers\n    .Whe|", "Where")]
    [InlineData("Interrupt.|", "Check", "Handle", "Sleep", "Token")]
    [InlineData("console|", "Console")]
    public void Offers_what_fits(string code, params string[] expected)
    {
        Ok("var numbers = new List<int> { 1 }; int Twice(int n) => 2 * n; record Point(int X, int Y); DateTime? maybe = null;");
        Assert.Subset(At(code).Matches.ToHashSet(), expected.ToHashSet());
    }

    [Theory]
    [InlineData("\"Conso|")]
    [InlineData("// Conso|")]
    [InlineData("/* Conso|")]
    [InlineData("'Conso|")]
    [InlineData("@\"Conso|")]
    [InlineData("#r \"Conso|")]
    [InlineData("12Con|")]
    [InlineData("nothingOfThatName.|")]
    [InlineData("Console.NoSuchMember|")]
    public void Offers_nothing_where_nothing_fits(string code) => Assert.Empty(At(code).Matches);

    [Fact]
    public void The_range_is_the_name_that_was_begun()
    {
        Completions found = At("var n = Math.Sqr|t(2);");
        Assert.Equal((13, 16), (found.Start, found.End));
        Assert.Equal(["Sqrt"], found.Matches);
    }

    [Fact]
    public void Static_and_instance_members_are_kept_apart()
    {
        Assert.DoesNotContain("IsNullOrEmpty", At("\"a\".|").Matches);
        Assert.DoesNotContain("Substring", At("string.|").Matches);
        Assert.Contains("IsNullOrEmpty", At("string.|").Matches);
    }

    [Fact]
    public void What_the_compiler_made_up_is_not_offered()
    {
        Ok("var f = (int n) => n; record Point(int X);");
        Assert.All(At("new Point(1).|").Matches.Concat(At("|").Matches), name => Assert.DoesNotContain('<', name));
    }

    [Fact]
    public void Names_that_are_keywords_are_offered_as_they_must_be_written()
    {
        Ok("var @class = 1;");
        Assert.Contains("@class", At("cla|").Matches);
        Assert.Contains("class", At("cla|").Matches);
    }

    [Fact]
    public void Names_are_sorted_and_each_comes_once()
    {
        IReadOnlyList<string> matches = At("Console.|").Matches;
        Assert.Equal(matches.Distinct().Order(StringComparer.Ordinal), matches);
        Assert.Single(matches, "WriteLine");
    }

    [Fact]
    public void At_any_place_of_any_code_there_is_an_answer()
    {
        const string code = "using System.Net; class A<T> where T : new() { int this[int n] => n; }\n#if X\n#endif\nvar s = $\"{1:x} {{\"; s?.Length switch { > 1 and < 3 => 'a', _ => @\"b\" }; [Obsolete] void F(ref int* p) { p->ToString(); goto x; x: ; } /* é 日本 */ a.b::c .. ^1";
        for (int length = 0; length <= code.Length; length++)
        {
            string part = code[..length];
            for (int position = length; position >= Math.Max(0, length - 3); position--)
            {
                Completions found = Engine.Complete(part, position);
                Assert.True(found.Start >= 0 && found.Start <= found.End && found.End <= length, $"{part}: {found.Start} to {found.End}");
            }
        }
    }

    private Completions At(string code)
    {
        int position = code.IndexOf('|');
        return Engine.Complete(code.Remove(position, 1), position);
    }
}
