using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

/// <summary>Programs give the same output woven and not, with the word clear and with every check on its slow path.</summary>
[Collection(WeaverCollection.Name)]
public sealed class SemanticsTests
{
    public static TheoryData<string> Programs() => new(
        "for (int i = 0; i < 10; i++) { if (i == 3) continue; if (i == 8) break; W(i); }",
        "for (int i = int.MaxValue - 3; i > 0; i++) W(i); for (byte b = 250; b > 5; b++) W(b); for (int i = 10; i --> 0;) W(i);",
        "int i = 0; do { W(i); if (i == 4) { i += 2; continue; } i++; } while (i < 9);",
        "int n = 27; while (n != 1) { W(n); n = n % 2 == 0 ? n / 2 : 3 * n + 1; }",
        "for (int i = 0, j = 10; i < j; i++, j -= 2) W(i * j); for (long l = 0; l < 5; l++) W(l); for (double d = 0; d < 1; d += 0.25) W(d); for (uint u = 5; u > 0; u--) W(u);",
        "int[] a = { 5, 3, 9, 1 }; for (int i = 0; i < a.Length; i++) for (int j = i + 1; j < a.Length; j++) if (a[j] < a[i]) (a[i], a[j]) = (a[j], a[i]); foreach (int x in a) W(x);",
        "int[] a = new int[5]; try { for (int i = 0; ; i++) { a[i] = i * i; W(a[i]); } } catch (IndexOutOfRangeException e) { W(e.GetType().Name); }",
        "int n = 0; for (int i = 0; i < 100; i++) { if (i % 7 == 0) i += 3; n += i; } W(n); int m = 50; for (int i = 0; i < m; i++) { if (i % 5 == 0) m--; n += m; } W(n);",
        "int n = 0; ref int r = ref n; for (int i = 0; i < 10; i++) { ref int q = ref i; if (n == 5) q++; r++; } W(n); void Up(ref int x) => x += 2; for (int i = 0; i < 20; i++) { Up(ref i); W(i); }",
        "var fs = new List<Func<int>>(); for (int i = 0; i < 4; i++) { int k = i; fs.Add(() => k + i); } foreach (var f in fs) W(f());",
        "bool[] c = new bool[200]; int count = 0; for (int i = 2; i < c.Length; i++) { if (c[i]) continue; count++; for (int j = i + i; j < c.Length; j += i) c[j] = true; } W(count);",
        "double[,] a = new double[9, 9], b = new double[9, 9]; for (int i = 0; i < 9; i++) for (int j = 0; j < 9; j++) { a[i, j] = i + j; b[i, j] = i - j; } double t = 0; for (int i = 0; i < 9; i++) for (int j = 0; j < 9; j++) { double s = 0; for (int k = 0; k < 9; k++) s += a[i, k] * b[k, j]; t += s; } W(t);",
        "for (int i = 0; i < 5000; i++) if (i % 1000 == 0) W(i); int z = 0; for (int i = 5000; i > 0; i -= 3) z += i; W(z); for (int i = -5000; i <= 5000; i += 2) z ^= i; W(z); for (int i = 0; i != 3000; i++) z += i; W(z);",
        "for (int i = int.MaxValue - 5; i <= int.MaxValue - 1; i++) W(i); int k = 0; for (int i = int.MaxValue - 2000; i < int.MaxValue; i++) k++; W(k); checked { try { for (int i = int.MaxValue - 1500; i <= int.MaxValue; i++) k++; } catch (OverflowException) { W(k); } }",
        "int n = 5; L: switch (n) { case 5: n = 2; goto L; case 2: n--; goto case 1; case 1: W(\"one\"); n = 9; goto default; default: W(n); break; }",
        "A: for (int i = 0; i < 3; i++) { for (int j = 0; j < 3; j++) { if (j == 2) goto Next; if (i == 2) goto Done; W((i, j)); } Next: ; } Done: W(\"done\");",
        "try { try { W(1); throw new InvalidOperationException(\"x\"); } catch (InvalidOperationException e) when (e.Message == \"y\") { W(2); } finally { W(3); } } catch (Exception e) when (e is InvalidOperationException) { W(4); } finally { W(5); }",
        "for (int i = 0; i < 5; i++) { try { if (i == 1) continue; if (i == 3) break; W(i); } finally { W(-i); } }",
        "int F(int n) { for (;;) { try { if (n > 3) return n; n++; } finally { W(n); } } } W(F(0));",
        "try { try { throw new Exception(\"a\"); } catch (Exception e) { W(e.Message); throw; } finally { W(\"f\"); } } catch (Exception e) { W(e.Message); }",
        "try { try { throw new Exception(\"a\"); } finally { throw new InvalidOperationException(\"b\"); } } catch (Exception e) { W(e.Message); }",
        "try { throw new OperationCanceledException(\"c\"); } catch (OperationCanceledException e) { W(e.Message); } try { try { throw new TaskCanceledException(\"t\"); } catch (OperationCanceledException e) when (e is TaskCanceledException) { W(e.Message); throw; } } catch (TaskCanceledException) { W(\"again\"); }",
        "static bool Bad(Exception e) { throw new Exception(); } try { throw new Exception(\"a\"); } catch (Exception e) when (Bad(e)) { W(1); } catch (Exception e) { W(e.Message); }",
        "IEnumerable<int> G(int n) { try { for (int i = 0; i < n; i++) { if (i == 2) yield return 100; yield return i; } } finally { W(\"fin\"); } } foreach (int x in G(4)) W(x); foreach (int x in G(9).Take(2)) W(x); W(string.Join(',', G(3).Select(x => x * 2).OrderByDescending(x => x)));",
        "IEnumerable<int> T(int n) { if (n > 0) { foreach (int x in T(n - 1)) yield return x; yield return n; foreach (int x in T(n - 1)) yield return x; } } W(string.Join(' ', T(4)));",
        "async Task<int> A(int n) { int s = 0; for (int i = 0; i < n; i++) { await Task.Yield(); try { if (i == 2) throw new Exception(\"x\" + i); s += i; } catch (Exception e) { await Task.Yield(); W(e.Message); } finally { await Task.Yield(); W(i); } } return s; } W(A(5).GetAwaiter().GetResult());",
        "async Task<string> A() { try { try { await Task.Yield(); throw new InvalidOperationException(\"a\"); } finally { await Task.Yield(); W(\"f\"); } } catch (InvalidOperationException e) when (e.Message == \"a\") { await Task.Yield(); return e.Message; } } W(A().GetAwaiter().GetResult());",
        "async Task<int> A(int n) { while (true) { try { n++; if (n < 3) continue; if (n == 5) return n; await Task.Yield(); } finally { await Task.Yield(); W(n); } } } W(A(0).GetAwaiter().GetResult());",
        "async IAsyncEnumerable<int> G([EnumeratorCancellation] CancellationToken t = default) { try { for (int i = 0; i < 5; i++) { await Task.Yield(); yield return i; } } finally { await Task.Yield(); W(\"fin\"); } } async Task A() { await foreach (int x in G()) { W(x); if (x == 3) break; } } A().GetAwaiter().GetResult();",
        "async Task A() { await using var d = new D(); using (new D()) { W(\"in\"); await Task.Yield(); } } A().GetAwaiter().GetResult(); using (var d = new D()) W(\"x\");",
        "async Task F() { await Task.Yield(); throw new Exception(\"boom\"); } try { F().Wait(); } catch (AggregateException e) { W(e.InnerException!.Message); } W(F().ContinueWith(t => t.Exception!.InnerException!.Message).Result);",
        "async ValueTask<T> Id<T>(T x) { await Task.Yield(); try { return x; } finally { await Task.CompletedTask; W(typeof(T).Name); } } W(Id(5).AsTask().Result); W(Id(\"s\").AsTask().Result);",
        "T Max<T>(IEnumerable<T> xs) where T : IComparable<T> { using var e = xs.GetEnumerator(); e.MoveNext(); T m = e.Current; while (e.MoveNext()) if (e.Current.CompareTo(m) > 0) m = e.Current; return m; } W(Max(new[] { 3, 8, 2 })); W(Max(\"hello\"));",
        "Span<int> s = stackalloc int[10]; for (int i = 0; i < s.Length; i++) s[i] = i * i; int t = 0; foreach (ref int x in s[2..5]) { x++; t += x; } W(t); Span<byte> b = stackalloc byte[t]; b.Fill(3); W(b.ToArray().Sum(x => x));",
        "unsafe { int n = 0; int* p = &n; for (int i = 0; i < 5; i++) { *p += i; p = &n; } W(n); fixed (char* c = \"abc\") for (char* q = c; *q != 0; q++) W(*q); }",
        "Func<int, int> f = null!; f = n => n <= 1 ? 1 : n * f(n - 1); W(f(10)); int Ack(int m, int n) => m == 0 ? n + 1 : n == 0 ? Ack(m - 1, 1) : Ack(m - 1, Ack(m, n - 1)); W(Ack(2, 3));",
        "object o = 5; for (int i = 0; i < 4; i++) { o = o switch { int n when n > 6 => \"big\", int n => n + 1, string s => (object)s.Length, _ => 0L }; W(o); }",
        "dynamic d = 3; for (int i = 0; i < 3; i++) d = d * 2 + i; W((int)d); try { d.Nope(); } catch (Exception e) { W(e.GetType().Name); }",
        "var l = new List<int> { 5, 2, 8 }; l.Sort((a, b) => b - a); W(string.Join(',', l)); try { l.Sort((a, b) => throw new FormatException()); } catch (InvalidOperationException e) { W(e.InnerException!.GetType().Name); }",
        "lock (typeof(P)) { W(Monitor.IsEntered(typeof(P))); try { lock (typeof(P)) throw new Exception(); } catch { } } W(Monitor.IsEntered(typeof(P)));",
        "W(new B(3).Sum()); W(B.Static); W(B.Count); var p = new Pt(1, 2); W((p with { X = 5 }) + new Pt(1, 1)); W(p == new Pt(1, 2)); try { W(Poison.Value); } catch (TypeInitializationException e) { W(e.InnerException!.Message); }",
        "int depth = 0; void R(int n) { if (n == 0) throw new Exception(\"deep\"); try { R(n - 1); } finally { depth++; } } try { R(50); } catch (Exception e) { W(e.Message + depth); }",
        "var t = new Thread(() => { for (int i = 0; i < 3; i++) W(i); }); t.Start(); t.Join(); W(Parallel.For(0, 10, i => { }).IsCompleted); W(Enumerable.Range(0, 1000).AsParallel().Sum());",
        "string s = \"\"; foreach (char c in \"hello\") { s = c + s; } W(s); for (int i = 0; i < s.Length; i++) if (s[i] is 'l' or 'h') W(i); var sb = new StringBuilder(); for (int i = 0; i < 5; i++) sb.Append(i).Append(','); W(sb);",
        "int x = 0; try { goto In; In: x++; if (x < 5) goto In; W(x); } catch { } try { while (x < 10) { x++; if (x == 7) throw new Exception(); } } catch { W(x); while (x < 12) { x++; } } finally { while (x < 15) { x++; } W(x); }",
        "decimal m = 0; for (decimal i = 0; i < 1; i += 0.1m) m += i; W(m); for (char c = 'a'; c <= 'e'; c++) W(c); for (var node = new LinkedList<int>(new[] { 1, 2, 3 }).First; node != null; node = node.Next) W(node.Value);",
        "int F(int k) { int r = 0; for (int i = 0; i < 3000; i += k) { r += i; if (r > 100000) return i; } return r; } W(F(1)); W(F(7)); W(F(2999)); int H(int[] a, int lo, int hi) { int s = 0; for (int i = lo; i < hi; i++) s += a[i]; return s; } var big = Enumerable.Range(0, 5000).ToArray(); W(H(big, 0, 5000)); W(H(big, 4990, 5000)); W(H(big, 10, 5)); try { H(big, 4000, 5001); } catch (IndexOutOfRangeException) { W(\"out\"); }",
        "long sum = 0; int n = 4097; for (int i = 0; i < n; i++) sum += i; W(sum); for (int i = n - 1; i >= 0; i--) sum -= i; W(sum); for (uint i = 0; i < (uint)n; i++) sum += i; W(sum); for (long i = 0; i < n; i++) sum += i; W(sum); for (short i = 0; i < 5000; i++) sum += i; W(sum); for (nint i = 0; i < n; i += 4) sum += i; W(sum);");

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_program_does_the_same_woven(string body)
    {
        foreach (bool release in new[] { true, false })
        {
            Snippet snippet = Snippet.Compile(
                $$"""
                public static class P
                {
                    static StringBuilder output = new();
                    internal static void W(object? o) { lock (output) output.Append(o).Append('\n'); }
                    public static object? Run() { output.Clear(); {{body}} return output.ToString(); }
                }
                class D : IDisposable, IAsyncDisposable
                {
                    public void Dispose() { for (int i = 0; i < 2; i++) P.W("d" + i); }
                    public async ValueTask DisposeAsync() { P.W("a"); await Task.Yield(); P.W("b"); }
                }
                class B
                {
                    public static readonly int Static = Compute();
                    public static int Count;
                    private readonly int[] items;
                    static int Compute() { int n = 0; for (int i = 0; i < 5; i++) n += i; return n; }
                    public B(int n) { items = new int[n]; for (int i = 0; i < n; i++) items[i] = i; }
                    public int Sum() { int s = 0; foreach (int i in items) { s += i; Count++; } return s; }
                    ~B() { for (int i = 0; i < 2; i++) { } }
                }
                class Poison { public static int Value = int.Parse("x" + Static()); static string Static() => throw new FormatException("poison"); }
                record struct Pt(int X, int Y) { public static Pt operator +(Pt a, Pt b) => new(a.X + b.X, a.Y + b.Y); }
                """,
                release);
            object? expected = snippet.LoadPlain()();

            Woven.Outcome clear = Woven.Run(snippet);
            Assert.Null(clear.Exception);
            Assert.Equal(expected, clear.Value);
            Assert.Equal(0, TestHooks.Polls);

            Woven.Outcome busy = Woven.Run(snippet, busy: true);
            Assert.Null(busy.Exception);
            Assert.Equal(expected, busy.Value);
            Assert.NotEqual(0, TestHooks.Polls);
            Assert.Equal(0, busy.Depth);
        }
    }
}
