using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

public sealed class SessionTests : CSharpSessionFixture
{
    [Fact]
    public void Variables_live_from_run_to_run()
    {
        Ok("var kept = 41;");
        Ok("kept++;");
        Assert.Equal("42", Text("kept"));
    }

    [Fact]
    public void Usings_types_and_methods_live_from_run_to_run()
    {
        Ok("using System.Globalization; using Map = System.Collections.Generic.Dictionary<string, int>;");
        Ok("record Point(int X, int Y); enum Colour { Red, Green } int Twice(int n) => n * 2;");
        Ok("static int CountOf(this string text) => text.Length;");
        Assert.Equal("84", Text("Twice(new Point(42, 0).X)"));
        Assert.Equal("Green", Text("(Colour)1"));
        Assert.Equal("3", Text("\"abc\".CountOf()"));
        Assert.Equal("1", Text("new Map { [\"a\"] = 1 }[\"a\"]"));
        Assert.Equal("\"\"", Text("CultureInfo.InvariantCulture.Name"));
    }

    [Theory]
    [InlineData("int.TryParse(\"7\", out var n);", "n")]
    [InlineData("object o = 7; if (o is int unused) { } var ok = o is int n;", "n")]
    [InlineData("var (n, m) = (7, 8);", "n")]
    [InlineData("(int n, _) = (7, 8);", "n")]
    [InlineData("int n = 3, m = 4; n += m;", "n")]
    public void Every_way_to_declare_a_variable_joins_the_session(string declaration, string name)
    {
        Ok(declaration);
        Assert.Equal("7", Text(name));
        Ok("1 + 1");
        Assert.Equal("7", Text(name));
    }

    [Fact]
    public void A_name_can_be_declared_again_with_another_type()
    {
        Ok("var x = 1; int F() => x;");
        Ok("var x = \"one\";");
        Assert.Equal("\"one\"", Text("x"));
        Assert.Equal("1", Text("F()"));
    }

    [Fact]
    public void Code_that_does_not_compile_changes_nothing()
    {
        Ok("var x = 1;");
        Error("var x = \"two\"; var y = Missing;");
        Assert.Equal("1", Text("x"));
        Assert.Contains("CS0103", Error("y").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_that_throws_keeps_what_it_declared_and_assigned()
    {
        Ok("var before = 1;");
        Error("var x = 5; before = 2; throw new InvalidOperationException(); var y = 6;");
        Assert.Equal("5", Text("x"));
        Assert.Equal("0", Text("y"));
        Assert.Equal("2", Text("before"));
    }

    [Fact]
    public void A_run_stopped_before_its_first_statement_leaves_no_half_made_names()
    {
        Ok("var x = 1;");
        var stop = new OperationCanceledException();
        EngineResultIsEmpty(Execute("var x = 2;", scope: new StoppedScope(stop)));
        Assert.Equal("1", Text("x"));
        Ok("var z = 3;");
        Assert.Equal("4", Text("x + z"));
    }

    [Fact]
    public void Five_hundred_runs_that_declare_nothing_do_not_grow_the_chain_at_all()
    {
        Ok("var kept = 0; int Add(int n) => kept += n;");
        int before = Engine.ChainLength;
        for (int i = 0; i < 500; i++)
        {
            Ok($"kept += 1; Add({i} - {i}); _ = new[] {{ {i} }}.Select(n => n + kept).Sum();");
        }

        Assert.Equal(before, Engine.ChainLength);
        Assert.Equal("500", Text("kept"));
    }

    [Fact]
    public void Assemblies_of_runs_that_declare_nothing_are_collected()
    {
        Ok("List<WeakReference> seen = new();");
        for (int i = 0; i < 20; i++)
        {
            Ok("seen.Add(new WeakReference(new Action(() => seen.Clear()).Method.Module));");
        }

        int alive = int.MaxValue;
        for (int attempt = 0; attempt < 20 && alive > 1; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            alive = int.Parse(Text("seen.Count(w => w.IsAlive)")!);
        }

        Assert.True(alive <= 1, $"{alive} of 20 are still loaded.");
    }

    [Fact]
    public void Code_that_outlives_its_run_goes_on_after_the_collector_has_run()
    {
        Ok("var gate = new ManualResetEventSlim(); Task<string>? late = null; Func<int, int> kept = n => n;");
        Ok("late = Task.Run(() => { gate.Wait(); return System.Net.IPAddress.Loopback.ToString() + new System.Numerics.BigInteger(7); });");
        Ok("int offset = 1;");
        Ok("kept = n => n + offset;");
        for (int i = 0; i < 5; i++)
        {
            Ok("1 + 1");
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Ok("gate.Set();");
        Assert.Equal("\"127.0.0.17\"", Text("await late"));
        Assert.Equal("42", Text("kept(41)"));
    }

    [Fact]
    public void Reset_forgets_everything()
    {
        Ok("using System.Globalization; var x = 1;");
        Engine.Reset();
        Assert.Equal(0, Engine.ChainLength);
        Assert.Contains("CS0103", Error("x").Message, StringComparison.Ordinal);
        Assert.Contains("CS0103", Error("CultureInfo.InvariantCulture").Message, StringComparison.Ordinal);
        Ok("var x = 2;");
        Assert.Equal("2", Text("x"));
    }

    [Fact]
    public void Warming_up_leaves_no_trace_in_the_session()
    {
        Engine.WarmUp(static () => true);
        Assert.Equal(0, Engine.ChainLength);
        Assert.Contains("CS0103", Error("a").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_host_token_ends_the_compilation_without_an_error()
    {
        EngineResultIsEmpty(Execute("var x = 1;", scope: new DirectScope { HostToken = new CancellationToken(canceled: true) }));
        Assert.Equal(0, Engine.ChainLength);
    }

    [Fact]
    public void A_program_that_is_stopped_before_its_first_statement_breaks_no_session_however_long_that_is()
    {
        // The room for variables grows with them; the one that is stopped may be the one that needs more.
        for (var programs = 0; programs < 40; programs++)
        {
            var stop = new InvalidOperationException("stopped");
            var stopped = Execute("var lost = 1;", scope: new StoppedScope(stop));
            Assert.Equal((programs, null), (programs, stopped.Error));
            Assert.Same(stop, stopped.Escaped);
            Ok($"var x{programs} = {programs};");
        }

        Assert.Equal("39", Text("x0 + x39"));
        Assert.Contains("CS0103", Error("lost").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_that_the_runtime_refuses_to_load_break_no_session()
    {
        Ok("using System.Runtime.InteropServices; var x = 1;");
        Assert.Throws<TypeLoadException>(() => Execute(
            "[StructLayout(LayoutKind.Explicit)] struct Mixed { [FieldOffset(0)] public object Object; [FieldOffset(0)] public int Number; } Mixed mixed;"));
        Ok("var y = 2;");
        Assert.Equal("3", Text("x + y"));
        Assert.Contains("CS0246", Error("Mixed another;").Message, StringComparison.Ordinal);
    }

    private static void EngineResultIsEmpty(ProcInterrupt.WorkerProcess.Engines.EngineResult result)
    {
        Assert.Null(result.Value);
        Assert.Null(result.Error);
    }

    private sealed class StoppedScope(Exception stop) : ProcInterrupt.WorkerProcess.Engines.IRunScope
    {
        public CancellationToken HostToken => CancellationToken.None;

        public T CallUserCode<T>(Func<T> userCode) => throw stop;

        public void Wait(Task task)
        {
        }

        public bool KeepsVariables(Exception? fault) => true;

        public bool IsUnwinding(Exception exception) => ReferenceEquals(exception, stop);
    }
}
