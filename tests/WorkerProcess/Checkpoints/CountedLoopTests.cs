using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

[Collection(WeaverCollection.Name)]
public sealed class CountedLoopTests
{
    private const int Turns = 100_000;

    [Theory]
    [InlineData("for (int i = 0; i < 100_000; i++) n += i;")]
    [InlineData("int m = 100_000; for (int i = 0; i < m; i++) n += i;")]
    [InlineData("int[] a = new int[100_000]; for (int i = 0; i < a.Length; i++) n += a[i];")]
    [InlineData("int[] a = new int[100_000]; foreach (int x in a) n += x;")]
    [InlineData("for (int i = 1; i <= 100_000; i++) n += i;")]
    [InlineData("for (int i = 100_000; i > 0; i--) n += i;")]
    [InlineData("for (int i = 99_999; i >= 0; i--) n += i;")]
    [InlineData("int step = 3; for (int i = 0; i < 300_000; i += step) n += i;")]
    [InlineData("for (int i = 0; i < 700_000; i += 7) { if (i % 2 == 0) continue; n += i; }")]
    [InlineData("double[,] a = new double[1, 100_000]; for (int i = 0; i < 100_000; i++) a[0, i] = Math.Sqrt(i);")]
    [InlineData("checked { for (int i = 0; i < 100_000; i++) n += i; }")]
    public void A_counted_loop_is_checked_once_in_many_turns(string loop)
    {
        Woven.Outcome outcome = Woven.Run(Snippet.Body($"long n = 0; {loop} return n;"), busy: true);

        Assert.Null(outcome.Exception);
        Assert.InRange(TestHooks.Polls, 50, 200);
    }

    [Theory]
    [InlineData("int m = 100_000; for (int i = 0; i < m; i++) { n += i; if (i == 5) m++; }")]
    [InlineData("for (int i = 0; i < 200_000; i++) { n += i; if (i % 2 == 0) i++; }")]
    [InlineData("int step = 1; for (int i = 0; i < 100_001; i += step) { n += i; if (i == 5) step = 1; }")]
    [InlineData("for (int i = 0; i < 100_000; i++) n += Call(i); [MethodImpl(MethodImplOptions.NoInlining)] static int Call(int i) => Environment.GetEnvironmentVariable(\"x\") == null ? i : 0;")]
    [InlineData("for (F = 0; F < 100_000; F++) n += F;")]
    [InlineData("for (int i = 0; i < M; i++) n += i;")]
    [InlineData("int m = 100_000; ref int r = ref m; for (int i = 0; i < m; i++) { n += i; r = 100_000; }")]
    [InlineData("for (int i = 0; i < 100_000; i++) { Func<int> f = () => i; n += i; }")]
    [InlineData("for (int i = 0; i < 100_000; i++) n += new byte[1].Length;")]
    [InlineData("for (int i = 0; i < 100_000; i++) for (int j = 0; j < 1; j++) n++;")]
    [InlineData("for (int i = 0; i < 100_000; i++) { try { n += i; } finally { n++; } }")]
    [InlineData("for (uint i = 0; i < 100_000; i++) n += i;")]
    [InlineData("int i = 0; while (i < 100_000) { n++; if (n % 3 == 0) continue; i++; }")]
    [InlineData("int i = 0; if (n == 0) goto Middle; Top: n += 2; Middle: i++; if (i < 100_001) goto Top;")]
    public void Another_loop_is_checked_on_every_turn(string loop)
    {
        Woven.Outcome outcome = Woven.Run(
            Snippet.Compile($"static int F; static int M = 100_000; public static object? Run() {{ long n = 0; {loop} return n; }}"), busy: true);

        Assert.Null(outcome.Exception);
        Assert.InRange(TestHooks.Polls, Turns, 4 * Turns);
    }

    [Theory]
    [InlineData("for (int i = 0; i <= m; i++) n += i;")]
    [InlineData("for (int i = 0; i < m; i += 3) n += i;")]
    [InlineData("int step = 0; for (int i = 0; i < 10; i += step) n += i;")]
    [InlineData("int step = -1; for (int i = 0; i < 10; i += step) n += i;")]
    [InlineData("int step = m; for (int i = 1; i < m; i += step) n += i;")]
    [InlineData("for (int i = 0; i >= int.MinValue; i--) n += i;")]
    [InlineData("for (int i = 0; i > int.MinValue; i -= 5) n += i;")]
    public void A_counted_loop_that_wraps_around_for_ever_stops(string loop)
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body($"long n = 0; int m = int.MaxValue; {loop} return n;", release), TimeSpan.FromMilliseconds(20));

            Assert.IsType<KeyboardInterruptException>(outcome.Exception);
        }
    }

    [Theory]
    [InlineData("i < bound; i++")]
    [InlineData("i <= bound; i++")]
    [InlineData("i > bound; i--")]
    [InlineData("i >= bound; i--")]
    [InlineData("i < bound; i += step")]
    [InlineData("i <= bound; i += step")]
    [InlineData("i > bound; i -= step")]
    [InlineData("i >= bound; i -= step")]
    [InlineData("i < bound; i += 1000")]
    [InlineData("i <= bound; i += 1 << 30")]
    [InlineData("i >= bound; i -= 7")]
    [InlineData("i < bound; i = checked(i + step)")]
    [InlineData("i < bound; i = checked(i + 1)")]
    public void A_counted_loop_does_the_same_turns_from_any_start_to_any_bound(string header)
    {
        // Each turn leaves a trace in the hash; a loop that goes on is broken off. The exits differ: end, break, return, exception with and without a handler that looks.
        Snippet snippet = Snippet.Compile(
            $$"""
            public static class P
            {
                static readonly int[] Edges = [int.MinValue, int.MinValue + 1, int.MinValue + 1024, int.MinValue + 5000, -3000, -1025, -1024, -1, 0, 1, 2, 1023, 1024, 1025, 2047, 2048, 2049, 3000,
                    int.MaxValue - 5000, int.MaxValue - 1025, int.MaxValue - 1024, int.MaxValue - 1023, int.MaxValue - 7, int.MaxValue - 1, int.MaxValue];
                static readonly int[] Steps = [1, 2, 3, 7, 1000, 1 << 20, (1 << 20) + 1, 1 << 30, int.MaxValue, 0, -1, -1000, int.MinValue];
                static long End(int start, int bound, int step) { long h = 17; int n = 0; for (int i = start; {{header}}) { h = h * 31 + i; if (++n == 4000) break; } return h * 7 + n; }
                static long Return(int start, int bound, int step) { long h = 17; int n = 0; int i; for (i = start; {{header}}) { h = h * 31 + i; if (++n > 2500) return h + i; if ((i & 1) == 0) continue; h ^= n; } return -h - i; }
                static long Throw(int start, int bound, int step) { long h = 17; int n = 0; int i = 0; int[] a = new int[1500]; try { for (i = start; {{header}}) { h = h * 31 + i; a[n]++; n++; } } catch (IndexOutOfRangeException) { h += i; } catch (OverflowException) { h -= i; } return h * 3 + i + n; }
                public static object? Run()
                {
                    long h = 0;
                    foreach (int start in Edges)
                        foreach (int bound in Edges)
                            foreach (int step in Steps)
                                for (int way = 0; way < 3; way++)
                                {
                                    try { h = h * 1000003 + (way == 0 ? End(start, bound, step) : way == 1 ? Return(start, bound, step) : Throw(start, bound, step)); }
                                    catch (OverflowException) { h++; }
                                }
                    return h;
                }
            }
            """);

        Woven.Outcome outcome = Woven.Run(snippet);

        Assert.Null(outcome.Exception);
        Assert.Equal(snippet.LoadPlain()(), outcome.Value);
    }
}
