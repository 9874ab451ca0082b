using System.Text;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

public sealed class ErrorTests : CSharpSessionFixture
{
    [Fact]
    public void A_compile_error_has_line_and_column()
    {
        RunError error = Error("var a = 1;\n  int b = \"x\";\nMissing();");
        Assert.Equal("CompilationError", error.Type);
        Assert.Equal("", error.Traceback);
        Assert.Equal(
            "(2,11): error CS0029: Cannot implicitly convert type 'string' to 'int'\n"
            + "(3,1): error CS0103: The name 'Missing' does not exist in the current context",
            error.Message);
    }

    [Fact]
    public void A_compile_error_names_the_file_when_there_is_one()
    {
        string path = Path.Combine(Folder, "main.csx");
        Assert.StartsWith($"{path}(1,1): error CS0103:", Error("Missing", path).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Syntax_errors_are_reported_in_programs_without_statements_too()
    {
        Assert.Contains("error CS", Error("using ;").Message, StringComparison.Ordinal);
        Assert.Contains("error CS", Error("#if X").Message, StringComparison.Ordinal);
        Assert.Contains("error CS", Error("var x = ").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_errors_are_summed_up()
    {
        string[] lines = Error(string.Concat(Enumerable.Repeat("Missing();\n", 5000))).Message.Split('\n');
        Assert.Equal(101, lines.Length);
        Assert.Equal("... and 4900 more errors", lines[^1]);
    }

    [Fact]
    public void What_escapes_is_reported_with_its_place()
    {
        RunError error = Error("var a = 1;\n\nthrow new InvalidOperationException(\"boom\");");
        Assert.Equal(new RunError("System.InvalidOperationException", "boom", "   at <top level> in <run 1>:line 3"), error);
    }

    [Fact]
    public void A_traceback_names_every_run_it_goes_through_and_nothing_else()
    {
        Ok("int Fail(int n)\n{\n    return n / 0.ToString().Length.CompareTo(1);\n}");
        Ok("class Box<T> { public T Open(T value) { return value; } public static async Task<int> Slow(Func<int> f) { await Task.Yield();\n return f(); } }");
        RunError error = Error("int Local(int n) => Fail(n);\n\nawait Box<int>.Slow(() => Local(3))");
        Assert.Equal("System.DivideByZeroException", error.Type);
        Assert.Equal(
            [
                "   at Fail(Int32 n) in <run 1>:line 3",
                "   at Local(Int32 n) in <run 3>:line 1",
                "   at <top level>.lambda() in <run 3>:line 3",
                "   at Box`1.Slow(Func`1 f) in <run 2>:line 2",
                "   at <top level> in <run 3>:line 3",
            ],
            error.Traceback.Split('\n'));
    }

    [Fact]
    public void A_traceback_names_the_file_and_what_a_library_knows_of_its_own()
    {
        string library = TestLibrary.Compile(Folder, "Fails", "public static class Fails\n{\n    public static void Now() => throw new System.Exception(\"x\");\n}");
        string path = Path.Combine(Folder, "main.csx");
        Assert.Equal(
            [$"   at Fails.Now() in {Path.Combine(Folder, "Fails.cs")}:line 3", $"   at <top level> in {path}:line 3"],
            Error($"#r \"{library}\"\n\nFails.Now();", path).Traceback.Split('\n'));
    }

    [Fact]
    public void Causes_are_part_of_the_traceback()
    {
        RunError error = Error("try { int.Parse(\"x\"); }\ncatch (Exception e) { throw new ApplicationException(\"outer\", e); }");
        Assert.Equal("System.ApplicationException", error.Type);
        Assert.StartsWith(" ---> System.FormatException: The input string 'x' was not in a correct format.\n", error.Traceback, StringComparison.Ordinal);
        Assert.Contains("in <run 1>:line 1\n   --- End of inner exception stack trace ---\n   at <top level> in <run 1>:line 2", error.Traceback, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_type_of_the_session_is_named_without_the_compilers_class()
    {
        Ok("class Odd : Exception { public override string Message => throw new Exception(); }");
        RunError error = Error("throw new Odd();");
        Assert.Equal("Odd", error.Type);
        Assert.Contains("cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deep_traceback_is_shortened()
    {
        Ok("int Deep(int n) { if (n == 0) { throw new Exception(\"bottom\"); } return Deep(n - 1) + 1; }");
        string[] lines = Error("Deep(2000)").Traceback.Split('\n');
        Assert.Equal(101, lines.Length);
        Assert.Contains("more calls", lines[50], StringComparison.Ordinal);
        Assert.StartsWith("   at <top level>", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_unwinds_reports_no_error()
    {
        var scope = new DirectScope { Unwinding = static e => e is KeyboardInterruptException };
        var result = Execute("var x = 1; throw new KeyboardInterruptException();", scope: scope);
        Assert.Null(result.Error);
        Assert.Null(result.Value);
        Assert.Equal("1", Text("x"));
        Assert.Equal("ProcInterrupt.KeyboardInterruptException", Error("throw new KeyboardInterruptException();").Type);
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("if (true) {", "", "}")]
    [InlineData("new[] {", "1", "}")]
    [InlineData("$\"{", "1", "}\"")]
    [InlineData("[", "", "]")]
    [InlineData("(int,", "int", ")")]
    public void Nesting_beyond_the_compiler_is_a_clean_error(string open, string inner, string close)
    {
        string code = string.Concat(Enumerable.Repeat(open, 200_000)) + inner + string.Concat(Enumerable.Repeat(close, 200_000));
        RunError error = Error("var fine = 1;\n" + code);
        Assert.Equal("CompilationError", error.Type);
        Assert.Contains("(2,", error.Message, StringComparison.Ordinal);
        Assert.Contains("error CS8078", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", Text("1"));
    }

    [Fact]
    public void Nesting_that_people_write_compiles()
    {
        Assert.Equal("1", Text(new string('(', 100) + "1" + new string(')', 100)));
        Assert.Equal("\"((((\"", Text("\"((((\""));
    }

    [Fact]
    public void A_script_of_five_megabytes_runs()
    {
        var code = new StringBuilder("long sum = 0;\n");
        for (int i = 0; code.Length < 5_000_000; i++)
        {
            code.Append("sum += ").Append(i % 100).Append("; // a line of a generated script, with a comment as these have\n");
        }

        code.Append("sum > 0");
        Assert.Equal("true", Text(code.ToString()));
    }
}
