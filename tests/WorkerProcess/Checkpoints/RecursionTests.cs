using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

[Collection(WeaverCollection.Name)]
public sealed class RecursionTests
{
    [Theory]
    [InlineData("static int F(int n) => F(n + 1) + 1; return F(0);")]
    [InlineData("static int F(int n) => G(n + 1) + 1; static int G(int n) => F(n + 1) + 1; return F(0);")]
    [InlineData("Func<int, int>? f = null; f = n => f!(n + 1) + 1; return f(0);")]
    [InlineData("static int F(int n) { Span<byte> s = stackalloc byte[200_000]; s[n % 100] = 1; return F(n + 1) + s[5]; } return F(0);")]
    [InlineData("static int F(int n) { Span<byte> s = stackalloc byte[n % 1000 + 200_000]; s[n % 100] = 1; return F(n + 1) + s[5]; } return F(0);")]
    [InlineData("static int F(int n) { Span<byte> s = stackalloc byte[2_000_000]; s[n % 100] = 1; return n > 100 ? 0 : F(n + 1) + s[5]; } return F(0);")]
    [InlineData("static unsafe int F(int n) { int k = 0; for (int i = 0; ; i++) { byte* s = stackalloc byte[1]; s[0] = 1; k += s[0]; } return k; } return F(0);")]
    [InlineData("static unsafe int F(int n) { int k = 0; for (int i = 0; ; i++) { byte* s = stackalloc byte[n]; s[0] = 1; k += s[0]; } return k; } return F(10_000);")]
    [InlineData("static int F<T>(T x) => F(new List<T>()) + 1; static int G<T>(T x, int n) => n < 0 ? F(x) : G(x, n + 1) + 1; return G(1, 0);")]
    [InlineData("static long F(Big b) { b.A[5]++; return F(b) + b.A[3]; } return F(default);")]
    [InlineData("return new C().M(0);")]
    [InlineData("return new C().GetHashCode();")]
    [InlineData("return new C().Equals(null);")]
    [InlineData("return new C().ToString();")]
    [InlineData("I c = new C(); return c.N(1);")]
    [InlineData("return new C().Property;")]
    [InlineData("return new List<C> { new(), new() }.Contains(new C());")]
    [InlineData("IEnumerable<int> F(int n) { foreach (int x in F(n + 1)) yield return x; } return F(0).Count();")]
    public void Infinite_recursion_ends_before_the_stack_does(string body)
    {
        foreach (bool release in new[] { true, false })
        {
            Snippet snippet = Snippet.Compile(
                $$"""
                public static class P
                {
                    public static object? Run() { {{body}} }
                }
                [InlineArray(500)] struct Array500 { private long x; }
                struct Big { public Array500 A; Array500 b, c, d; }
                interface I { int N(int n); }
                class C : I
                {
                    public virtual int M(int n) => M(n + 1) + 1;
                    public int N(int n) => ((I)this).N(n + 1) + 1;
                    public override int GetHashCode() => HashCode.Combine(this);
                    public override bool Equals(object? o) => !object.Equals(this, new C());
                    public override string ToString() => $"{this}x";
                    public int Property => Property + 1;
                }
                """,
                release);

            Woven.Outcome outcome = Woven.Run(snippet);

            Exception exception = outcome.Exception!;
            while (exception is System.Reflection.TargetInvocationException or InvalidOperationException && exception.InnerException is { } inner)
            {
                exception = inner;
            }

            Assert.IsType<InsufficientExecutionStackException>(exception);
            Assert.NotEqual(0, TestHooks.Guards);
        }
    }

    [Fact]
    public void A_deep_recursion_that_ends_is_let_through()
    {
        foreach (bool release in new[] { true, false })
        {
            Woven.Outcome outcome = Woven.Run(Snippet.Body("static int F(int n) => n == 0 ? 0 : F(n - 1) + 1; return F(20_000);", release));

            Assert.Equal(20_000, outcome.Value);
            Assert.Equal(0, TestHooks.Guards);
        }
    }

    [Theory]
    [InlineData("static int F(int n) => Math.Abs(n) + G(n); static int G(int n) => n + H(n) + \"abc\".Length; static int H(int n) => n * 2; return F(3);", false)]
    [InlineData("static int F(int n) => n < 2 ? n : F(n - 1); return F(3);", true)]
    [InlineData("static int F(object o) => o.GetHashCode(); return F(3);", true)]
    public void Only_methods_that_can_recurse_are_guarded(string body, bool guarded)
    {
        string names = System.Text.Encoding.UTF8.GetString(Snippet.Body(body).Weave().Assembly);

        Assert.Equal(guarded, names.Contains("GuardStack", StringComparison.Ordinal));
    }
}
