using Xunit;
namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

[Collection(WeaverCollection.Name)]
public sealed class LoopTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    public static TheoryData<string, bool> EndlessLoops()
    {
        string[] bodies =
        [
            "while (true) { }",
            "for (;;) ;",
            "do { } while (true);",
            "L: goto L;",
            "int i = 0; A: i++; if (i % 3 == 0) goto B; goto A; B: i += 2; goto A;",
            "long n = 0; for (long a = 0; a < 1_000_000_000_000; a++) for (int b = 0; b < 1000; b++) n += a ^ b; return n;",
            "for (int i = 0; i >= 0; i = (i + 1) % 100) ; return null;",
            "uint i = 0; do { i++; } while (i != 1 || true); return i;",
            "int s = 0; while (true) { switch (s) { case 0: s = 1; goto case 1; case 1: s = 2; goto case 2; case 2: s = 0; goto case 0; default: goto case 1; } }",
            "while (true) { try { continue; } finally { } }",
            "try { L: goto L; } finally { TestHooks.Note(\"finally\"); }",
            "try { while (true) ; } finally { TestHooks.Note(\"finally\"); }",
            "while (true) { try { throw new InvalidOperationException(); } catch (InvalidOperationException) { } }",
            "while (true) { try { Environment.GetEnvironmentVariable(\"x\"); } catch { } }",
            "int n = 0; while (true) { try { n++; try { n++; continue; } finally { n--; } } catch (Exception) { n = 0; } }",
            "static int F(int n) => n < 2 ? n : F(n - 1) + F(n - 2); return F(80);",
            "static void H(int n, int a, int b, int c) { if (n > 0) { H(n - 1, a, c, b); H(n - 1, c, b, a); } } H(60, 1, 2, 3); return null;",
            "Func<int, int>? f = null; f = n => n < 2 ? n : f!(n - 1) + f(n - 2); return f(80);",
            "static IEnumerable<int> I() { while (true) yield return 1; } foreach (int x in I()) { } return null;",
            "static IEnumerable<int> I() { while (true) yield return 1; } return I().Count(x => x == 2);",
            "static IEnumerable<int> I() { yield return 1; while (true) { } } return I().Sum();",
            "return Enumerable.Range(0, int.MaxValue).Select(x => x + 1L).Where(x => x % 2 == 0).SelectMany(x => new[] { x, x }).Concat(Enumerable.Range(0, int.MaxValue).Select(x => (long)x)).Count(x => x > 0);",
            "return new[] { 3, 1, 2 }.OrderBy(int (x) => { while (true) { } }).First();",
            "var l = new List<int> { 3, 1, 2 }; l.Sort((a, b) => { while (true) { } }); return null;",
            "Span<int> s = stackalloc int[8]; while (true) { for (int i = 0; i < s.Length; i++) s[i]++; }",
            "int n = 0; while (true) { lock (typeof(P)) { n++; } }",
            "async Task A() { while (true) { await Task.Yield(); } } A().GetAwaiter().GetResult(); return null;",
            "async Task A() { while (true) { } } A().GetAwaiter().GetResult(); return null;",
            "async Task A() { await Task.Yield(); try { while (true) { await Task.CompletedTask; } } finally { TestHooks.Note(\"finally\"); } } A().GetAwaiter().GetResult(); return null;",
            "object o = 1; while (true) { o = o is int i ? i + 1 : 0; }",
            "static T G<T>(T x) { while (true) { if (x is null) return x; } } return G(\"a\");",
            "foreach (var x in new List<int>(new int[10])) while (true) { } return null;",
        ];
        var data = new TheoryData<string, bool>();
        foreach (string body in bodies)
        {
            data.Add(body, true);
            data.Add(body, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EndlessLoops))]
    public void An_endless_loop_stops(string body, bool release)
    {
        Woven.Outcome outcome = Woven.Run(Snippet.Body(body, release), Soon);

        Assert.NotNull(outcome.Exception);
        Assert.IsType<KeyboardInterruptException>(Innermost(outcome.Exception));
        Assert.True(TestHooks.IsRaising);
        Assert.Equal(0, outcome.Depth);
        if (body.Contains("Note", StringComparison.Ordinal))
        {
            Assert.Equal(["finally"], TestHooks.Log);
        }
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}
