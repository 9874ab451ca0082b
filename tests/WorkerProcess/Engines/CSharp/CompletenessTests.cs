using ProcInterrupt.WorkerProcess.Engines.CSharp;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

public sealed class CompletenessTests : CSharpSessionFixture
{
    [Theory]
    [InlineData("")]
    [InlineData("1 + 1")]
    [InlineData("var x = 1;")]
    [InlineData("x")]
    [InlineData("while (true) { }")]
    [InlineData("if (a) b(); else { c(); }")]
    [InlineData("int F(int n)\n{\n    return n;\n}")]
    [InlineData("int F(int n) => n;")]
    [InlineData("class A { }")]
    [InlineData("record Point(int X, int Y);")]
    [InlineData("using System.Net;")]
    [InlineData("// nothing but a comment")]
    [InlineData("#r \"some.dll\"")]
    [InlineData("#load \"other.csx\"")]
    [InlineData("#if DEBUG\nx\n#endif")]
    [InlineData("\"\"\"\ntext\n\"\"\"")]
    public void Code_that_can_be_run_is_complete(string code) => AssertStatus(CodeStatus.Complete, code);

    [Theory]
    [InlineData("while (true)")]
    [InlineData("while (true) {")]
    [InlineData("if (a)")]
    [InlineData("if (a) { } else")]
    [InlineData("try { }")]
    [InlineData("do { }")]
    [InlineData("switch (x)")]
    [InlineData("int F(int n)")]
    [InlineData("int F(int n) =>")]
    [InlineData("int F(int n)\n{\n    return n;")]
    [InlineData("class A")]
    [InlineData("public class A\n{")]
    [InlineData("[Obsolete]")]
    [InlineData("var x = 1")]
    [InlineData("var q = from n in list")]
    [InlineData("1 +")]
    [InlineData("F(1,")]
    [InlineData("new[] { 1,\n2,")]
    [InlineData("a ? b")]
    [InlineData("a &&")]
    [InlineData("x =")]
    [InlineData("list.")]
    [InlineData("list.Where(n => n > 1)\n    .")]
    [InlineData("/* a comment")]
    [InlineData("x; /* a comment")]
    [InlineData("#if DEBUG")]
    [InlineData("@\"text")]
    [InlineData("var s = @\"text")]
    [InlineData("$@\"text {1}")]
    [InlineData("$\"text {")]
    [InlineData("\"\"\"")]
    [InlineData("\"\"\"\ntext")]
    [InlineData("var s = \"\"\"\ntext")]
    [InlineData("$\"\"\"\ntext {1}")]
    [InlineData("$$\"\"\"\ntext {{1}}")]
    [InlineData("foreach (var n in list)")]
    [InlineData("public")]
    [InlineData("x switch")]
    [InlineData("x switch\n{\n    1 => 2,")]
    [InlineData("using System")]
    [InlineData("return")]
    [InlineData("new")]
    public void Code_that_needs_more_is_incomplete(string code) => AssertStatus(CodeStatus.Incomplete, code);

    [Theory]
    [InlineData("}")]
    [InlineData("else")]
    [InlineData("else {")]
    [InlineData("else if (a)")]
    [InlineData("catch (Exception)")]
    [InlineData("$\"text {1}")]
    [InlineData("F(1))")]
    [InlineData("finally {")]
    [InlineData(".Where(n => n > 1)")]
    [InlineData("int x = ;")]
    [InlineData("\"text")]
    [InlineData("if (a) { } }")]
    [InlineData("#bogus")]
    [InlineData("1 + ;")]
    public void Code_that_nothing_can_make_right_is_invalid(string code) => AssertStatus(CodeStatus.Invalid, code);

    [Theory]
    [InlineData("if (a) b();", true)]
    [InlineData("if (a)\n{\n}", true)]
    [InlineData("if (a) { } else if (b) { }", true)]
    [InlineData("while (a) if (b) c();", true)]
    [InlineData("if (a) { } else { }", false)]
    [InlineData("while (a) { if (b) c(); }", false)]
    [InlineData("x", false)]
    [InlineData("var x = 1;", false)]
    [InlineData("", false)]
    public void An_if_without_else_may_continue(string code, bool expected) => Assert.Equal(expected, Engine.IsComplete(code).MayContinue);

    [Theory]
    [InlineData("while (true)\n{", "    ")]
    [InlineData("class A\n{\n    int F()\n    {", "        ")]
    [InlineData("class A\n{\n    int F()\n    {\n    }", "    ")]
    [InlineData("F(1,", "    ")]
    [InlineData("\tif (a) {", "\t    ")]
    [InlineData("while (true)", "")]
    [InlineData("{ /* a", "")]
    [InlineData("{ var s = @\"a", "")]
    [InlineData("{ var s = \"\"\"\na", "")]
    public void The_next_line_is_one_step_deeper_than_the_open_bracket(string code, string indent)
    {
        AssertStatus(CodeStatus.Incomplete, code);
        Assert.Equal(indent, Engine.IsComplete(code).Indent);
    }

    [Fact]
    public void Nesting_that_the_compiler_does_not_survive_is_not_shown_to_it()
    {
        string deep = string.Concat(Enumerable.Repeat("(1, ", 20_000));
        AssertStatus(CodeStatus.Invalid, deep);
        Assert.Empty(Engine.Complete(deep, deep.Length).Matches);
    }

    [Fact]
    public void Deep_expressions_without_brackets_are_no_crash()
    {
        string deep = "x = " + string.Concat(Enumerable.Repeat("- ", 200_000)) + "1;";
        Assert.Contains(Engine.IsComplete(deep).Status, new[] { CodeStatus.Invalid, CodeStatus.Complete });
    }

    [Fact]
    public void Code_that_grows_is_judged_as_if_it_were_new()
    {
        const string code = "#if X\n}\n#endif\nclass A<T>\n{\n    /* { */ int this[int n] => n;\n    string S = @\"{\n\" + $\"\"\"\n  {1}\n  \"\"\";\n}\nif (true) { }\nelse\n{ F(1, new[] { 2,\n3 }); }\nvar q = from n in list\n  where n > 1\n  select n;\nx switch\n{ > 1 => 2,\n_ => 3 }\n";
        for (int length = 0; length <= code.Length; length++)
        {
            Assert.Equal(Completeness.Of(CSharpSession.Parse(code[..length])), Engine.IsComplete(code[..length]));
        }
    }

    [Fact]
    public void Asking_leaves_the_session_as_it_is()
    {
        Ok("var x = 1;");
        int before = Engine.ChainLength;
        Engine.IsComplete("var x = 2;");
        Engine.Complete("var x = 2; x.", 13);
        Assert.Equal(before, Engine.ChainLength);
        Assert.Equal("1", Text("x"));
    }

    private void AssertStatus(CodeStatus expected, string code) => Assert.True(expected == Engine.IsComplete(code).Status, $"{code}: {Engine.IsComplete(code).Status}");
}
