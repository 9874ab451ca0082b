using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

[Collection(WeaverCollection.Name)]
public sealed class CleanupTests
{
    // Long enough to be interrupted many times over, if that were possible.
    private const string Work = "static void Work(string what) { int n = 0; for (int i = 0; i < 1000; i++) n += F(i); TestHooks.Note(what + TestHooks.Depth); } static int F(int n) => n < 2 ? n : F(n / 2) + 1;";

    [Theory]
    [InlineData("try { TestHooks.Trip(); } finally { Work(\"f\"); } ", "f1")]
    [InlineData("try { TestHooks.Trip(); while (true) { } } finally { Work(\"f\"); }", "f1")]
    [InlineData("try { try { TestHooks.Trip(); while (true) { } } finally { Work(\"f\"); } } finally { Work(\"g\"); }", "f1", "g1")]
    [InlineData("try { TestHooks.Trip(); } finally { try { Work(\"f\"); } finally { Work(\"g\"); } Work(\"h\"); }", "f1", "g2", "h1")]
    [InlineData("try { TestHooks.Trip(); } finally { for (int i = 0; i < 1000; i++) if (i == 500) TestHooks.Note(\"half\"); }", "half")]
    [InlineData("try { TestHooks.Trip(); } finally { int i = 0; L: if (++i < 1000) goto L; TestHooks.Note(\"end\"); }", "end")]
    [InlineData("try { TestHooks.Trip(); } finally { try { throw new Exception(); } catch { Work(\"c\"); } }", "c1")]
    [InlineData("using (new D()) { TestHooks.Trip(); while (true) { } }", "d2")]
    [InlineData("new D(); TestHooks.Trip(); using var d = new D(); Work(\"x\");", "d2")]
    [InlineData("var d = new D(); TestHooks.Trip(); d.Dispose();", "d1")]
    [InlineData("IDisposable d = new E(); TestHooks.Trip(); d.Dispose();", "e1")]
    [InlineData("TestHooks.Trip(); S.Touch();", "s1")]
    [InlineData("foreach (int x in I()) { TestHooks.Trip(); while (true) { } }", "i4")]
    [InlineData("foreach (int x in I().Where(x => x > 0)) { TestHooks.Trip(); while (true) { } }", "i4")]
    public void Clean_up_is_not_interrupted(string body, params string[] log) => Interrupted(body, log);

    [Theory]
    [InlineData("async Task A() { try { await Task.Yield(); TestHooks.Trip(); } finally { await Task.Yield(); Work(\"a\"); await Task.Yield(); Work(\"b\"); } while (true) { } }", "a1", "b1")]
    [InlineData("async Task A() { try { await Task.Yield(); TestHooks.Trip(); while (true) { } } finally { Work(\"a\"); await Task.Yield(); Work(\"b\"); } }", "a1", "b1")]
    [InlineData("async Task A() { try { TestHooks.Trip(); while (true) { } } finally { await Task.CompletedTask; Work(\"a\"); } }", "a1")]
    [InlineData("async Task A() { try { try { TestHooks.Trip(); while (true) { } } finally { await Task.Yield(); Work(\"a\"); } } finally { await Task.Yield(); Work(\"b\"); } }", "a1", "b1")]
    [InlineData("async Task A() { try { TestHooks.Trip(); } finally { try { await Task.Yield(); Work(\"a\"); } finally { await Task.Yield(); Work(\"b\"); } Work(\"c\"); } while (true) { } }", "a1", "b2", "c1")]
    [InlineData("async Task A() { try { TestHooks.Trip(); } finally { for (int i = 0; i < 3; i++) { await Task.Yield(); Work(\"a\"); } } while (true) { } }", "a1", "a1", "a1")]
    [InlineData("async Task A() { try { TestHooks.Trip(); } finally { int i = 0; while (i++ < 2) await Task.Yield(); } Work(\"x\"); }")]
    [InlineData("async Task A() { try { TestHooks.Trip(); } finally { int i = 0; do { await Task.Yield(); Work(\"a\"); } while (i++ < 1); } while (true) { } }", "a1", "a1")]
    [InlineData("async Task A() { for (int i = 0; ; i++) { try { if (i == 2) TestHooks.Trip(); if (i == 1) continue; await Task.Yield(); } finally { await Task.Yield(); TestHooks.Note(\"f\" + TestHooks.Depth); } } }", "f1", "f1", "f1")]
    [InlineData("async Task A() { TestHooks.Note(\"r\" + await R()); TestHooks.Trip(); while (true) { } } async Task<int> R() { try { await Task.Yield(); return 5; } finally { await Task.Yield(); Work(\"a\"); } }", "a1", "r5")]
    [InlineData("async Task A() { await using (new D()) { await Task.Yield(); TestHooks.Trip(); while (true) { } } }", "d2", "dd2")]
    [InlineData("async Task A() { await using var d = new D(); TestHooks.Trip(); while (true) { } }", "d2", "dd2")]
    [InlineData("async Task A() { var d = new D(); TestHooks.Trip(); await d.DisposeAsync(); while (true) { } }", "d1", "dd1")]
    [InlineData("async Task A() { await foreach (int x in J()) { TestHooks.Trip(); while (true) { } } }", "j3")]
    [InlineData("async Task A() { try { try { await Task.Yield(); } finally { await Task.Yield(); TestHooks.Note(\"t\" + TestHooks.Depth); throw new InvalidOperationException(); } } catch (InvalidOperationException) { TestHooks.Note(\"c\" + TestHooks.Depth); } TestHooks.Trip(); while (true) { } }", "t1", "c0")]
    [InlineData("async Task A() { try { try { await Task.Yield(); } finally { await Task.Yield(); TestHooks.Note(\"t\" + TestHooks.Depth); if (TestHooks.Depth == 1) throw new InvalidOperationException(); } } catch (InvalidOperationException) when (TestHooks.Depth == 1) { await Task.Yield(); TestHooks.Note(\"c\" + TestHooks.Depth); } TestHooks.Trip(); while (true) { } }", "t1", "c0")]
    [InlineData("async Task A() { try { try { await Task.Yield(); } finally { await Task.Yield(); throw new InvalidOperationException(); } } finally { await Task.Yield(); TestHooks.Note(\"f\" + TestHooks.Depth); TestHooks.Trip(); Work(\"a\"); throw new KeyboardInterruptException(); } }", "f1", "a1")]
    public void Clean_up_with_await_is_not_interrupted(string method, params string[] log) => Interrupted($"{method} A().GetAwaiter().GetResult();", log);

    [Fact]
    public void The_depth_is_right_again_after_clean_up_that_throws()
    {
        const string Body = "try { try { } finally { TestHooks.Note(\"f\" + TestHooks.Depth); G(); } } catch (InvalidOperationException) { TestHooks.Note(\"c\" + TestHooks.Depth); }"
            + " try { new T().Dispose(); } catch (InvalidOperationException) { TestHooks.Note(\"d\" + TestHooks.Depth); }"
            + " try { X.Touch(); } catch (TypeInitializationException) { TestHooks.Note(\"x\" + TestHooks.Depth); } return null;"
            + " static void G() => throw new InvalidOperationException();";
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Wrap(Body, release));

            Assert.Null(outcome.Exception);
            Assert.Equal(["f1", "c0", "d0", "x0"], TestHooks.Log);
            Assert.Equal(0, outcome.Depth);
        }
    }

    [Fact]
    public void Insist_interrupts_clean_up()
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Wrap("try { } finally { TestHooks.Insist(); while (true) { } } return null;", release));

            Assert.IsType<KeyboardInterruptException>(outcome.Exception);
            Assert.Equal(0, outcome.Depth);
        }
    }

    [Fact]
    public void Clean_up_that_cannot_reach_a_check_stays_as_it_is()
    {
        foreach (bool release in new[] { true, false })
        {
            Snippet snippet = Snippet.Body("int n = 0; foreach (int x in new List<int> { 1, 2 }) { n += x; } lock (new object()) { n++; } return n;", release);

            string names = System.Text.Encoding.UTF8.GetString(snippet.Weave().Assembly);

            Assert.Contains("Poll", names, StringComparison.Ordinal);
            Assert.DoesNotContain("EnterCleanup", names, StringComparison.Ordinal);
        }
    }

    private static Snippet Wrap(string body, bool release) => Snippet.Compile(
        $$"""
        public static class P
        {
            public static object? Run() { {{body}} }
            {{Work.Replace("static", "public static", StringComparison.Ordinal)}}
            static IEnumerable<int> I() { try { yield return 1; yield return 2; } finally { Work("i"); } }
            static async IAsyncEnumerable<int> J() { try { await Task.Yield(); yield return 1; yield return 2; } finally { await Task.Yield(); Work("j"); } }
        }
        class D : IDisposable, IAsyncDisposable
        {
            public void Dispose() => P.Work("d");
            public async ValueTask DisposeAsync() { P.Work("d"); await Task.Yield(); P.Work("dd"); }
        }
        class E : IDisposable { void IDisposable.Dispose() => P.Work("e"); }
        class T : IDisposable { public void Dispose() { P.F(5); throw new InvalidOperationException(); } }
        class S { static S() => P.Work("s"); public static void Touch() { } }
        class X { static X() { P.F(5); throw new InvalidOperationException(); } public static void Touch() { } }
        """,
        release);

    private static void Interrupted(string body, string[] log)
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Wrap($"{body} while (true) {{ }}", release));

            Assert.IsType<KeyboardInterruptException>(outcome.Exception);
            Assert.Equal(log, TestHooks.Log);
            Assert.Equal(0, outcome.Depth);
        }
    }
}
