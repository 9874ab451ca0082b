using Mono.Cecil;
using ProcInterrupt.WorkerProcess.Checkpoints;
using ProcInterrupt.WorkerProcess.Replacements;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

/// <summary>Calls of framework methods are replaced by calls of ours, given by classes of the test.</summary>
[Collection(WeaverCollection.Name)]
public sealed class ReplacementTests
{
    private static readonly ReplacementTable Table = new(TestReplacements.All);

    public static TheoryData<string, string> Bodies() => new()
    {
        // Static and instance calls, overloads.
        { "Thread.Sleep(5); return null;", "sleep 5" },
        { "Thread.Sleep(TimeSpan.FromSeconds(1)); return null;", "sleep 00:00:01" },
        { "Thread t = Thread.CurrentThread; return t.Join(7);", "join 7" },
        { "return Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(2));", "" },

        // Virtual calls on a derived type; those of an override to the method it overrides stay.
        { "return new AutoResetEvent(true).WaitOne(3);", "wait 3" },
        { "return new Overriding().WaitOne(4);", "wait 4, override 4" },
        { "return ((WaitHandle)new Overriding()).WaitOne(5);", "wait 5, override 5" },

        // Where they stand.
        { "try { Thread.Sleep(1); } finally { Thread.Sleep(2); } return null;", "sleep 1, sleep 2" },
        { "try { throw new Exception(); } catch (Exception) when (Pause(3)) { Thread.Sleep(4); } return null;", "sleep 3, sleep 4" },
        { "Action f = () => Thread.Sleep(6); f(); return null;", "sleep 6" },
        { "foreach (int i in Iterate()) Thread.Sleep(i); return null;", "sleep 8, sleep 7, dispose" },
        { "for (int i = 0; i < 3; i++) if (i != 1) Thread.Sleep(i); return null;", "sleep 0, sleep 2" },
        { "M().GetAwaiter().GetResult(); return null; static async Task M() { Thread.Sleep(1); await Task.Yield(); Thread.Sleep(2); }", "sleep 1, sleep 2" },
        { "unsafe { delegate*<int, void> f = &Thread.Sleep; f(9); } return null;", "sleep 9" },

        // Delegates.
        { "Action<int> f = Thread.Sleep; f(9); return f.Method.Name;", "sleep 9" },
        { "Func<int, bool> f = Thread.CurrentThread.Join; f(9); return f.Target == Thread.CurrentThread;", "join 9" },
        { "Func<int, bool> f = new AutoResetEvent(true).WaitOne; f(9); return f.Target is AutoResetEvent;", "wait 9" },
        { "Func<int, bool> f = new Overriding().WaitOne; f(9); return null;", "wait 9, override 9" },
        { "return new Overriding().Base()(1);", "" },
        { "Func<int> f = Task.FromResult(4).Get; return f();", "" },
        { "Func<int, bool> f = true ? Thread.CurrentThread.Join : null!; return f(5);", "join 5" },

        // Generic types and methods, in generic ones.
        { "return Task.FromResult(4).ContinueWith(t => t.Result + 1L).Result;", "continue Int32 Int64" },
        { "return G<string, Guid>.M<int>(\"a\").Result;", "continue String Dictionary`2" },
        { "return new ValueTask<int>(5).AsTask().Result;", "as task Int32" },
        { "var v = new ValueTask<string>(\"x\"); return v.AsTask().Result;", "as task String" },
        { "return G<string, Guid>.V(new ValueTask<string>(\"y\"));", "as task String" },
        { "var e = new List<(int, string)> { (1, \"a\") }.GetEnumerator(); return e.MoveNext();", "next ValueTuple`2" },

        // Who the receiver is, is known only where the code runs.
        { "using (var e = new List<int>().GetEnumerator()) { } return null;", "" },
        { "using (IDisposable e = new AutoResetEvent(true)) { } return null;", "dispose" },
        { "return G<string, Guid>.W(new AutoResetEvent(true));", "wait 3" },

        // In and outside of async methods.
        { "_ = Task.CurrentId; return null;", "id outside" },
        { "M().GetAwaiter().GetResult(); return null; static async Task M() { _ = Task.CurrentId; await Task.Yield(); }", "id in async" },
        { "M().GetAwaiter().GetResult(); return null; static async Task M() { await Task.Yield(); Func<int?> f = () => Task.CurrentId; f(); }", "id outside" },

        // A null receiver is refused where it was.
        { "Thread t = null!; try { t.Join(1); } catch (NullReferenceException) { return 1; } return 2;", "join 1" },
        { "Thread t = null!; try { Func<int, bool> f = t.Join; } catch (ArgumentException) { return 1; } return 2;", "" },
        { "WaitHandle w = null!; try { Func<int, bool> f = w.WaitOne; } catch (NullReferenceException) { return 1; } return 2;", "" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_call_is_replaced(string body, string expected)
    {
        foreach (bool release in new[] { true, false })
        {
            Snippet snippet = Snippet.Compile(
                $$"""
                public static class P
                {
                    public static object? Run() { {{body}} }
                    static bool Pause(int n) { Thread.Sleep(n); return true; }
                    static IEnumerable<int> Iterate() { Thread.Sleep(8); yield return 7; }
                    static int Get(this Task<int> task) => 4;
                }
                class Overriding() : EventWaitHandle(true, EventResetMode.ManualReset)
                {
                    public override bool WaitOne(int ms) { TestHooks.Note("override " + ms); return base.WaitOne(ms); }
                    public Func<int, bool> Base() => base.WaitOne;
                }
                static class G<T, U>
                {
                    public static Task<Dictionary<T[], V>> M<V>(T x) => Task.FromResult(x).ContinueWith(static t => new Dictionary<T[], V>());
                    public static object V(ValueTask<T> v) => v.AsTask();
                    public static bool W<E>(E e) where E : WaitHandle => e.WaitOne(3);
                }
                """,
                release);
            object? plain = snippet.LoadPlain()();
            Woven.Outcome woven = Woven.Run(snippet, replacements: Table);
            Assert.Null(woven.Exception);
            Assert.Equal(plain?.ToString(), woven.Value?.ToString());
            Assert.Equal(expected, string.Join(", ", TestHooks.Log));
        }
    }

    [Fact]
    public void A_type_of_the_same_name_is_left_alone()
    {
        Snippet snippet = Snippet.Compile("""
            namespace System.Threading { static class Thread { public static int Sleep(int ms) => ms; } }
            public static class P { public static object? Run() { Func<int, int> f = System.Threading.Thread.Sleep; return f(System.Threading.Thread.Sleep(3)); } }
            """);
        Woven.Outcome woven = Woven.Run(snippet, replacements: Table);
        Assert.Null(woven.Exception);
        Assert.Equal(3, woven.Value);
        Assert.Empty(TestHooks.Log);
    }

    [Fact]
    public void A_call_is_replaced_in_a_method_that_has_nothing_else_to_weave()
    {
        Woven.Outcome woven = Woven.Run(Snippet.Compile("public static object? Run() { Thread.Sleep(11); return null; }"), replacements: Table);
        Assert.Null(woven.Exception);
        Assert.Equal("sleep 11", Assert.Single(TestHooks.Log));
    }

    [Fact]
    public void A_class_given_earlier_goes_before()
    {
        var table = new ReplacementTable([typeof(FirstThreads), .. TestReplacements.All]);
        Woven.Outcome woven = Woven.Run(Snippet.Body("Thread.Sleep(1); Thread.Sleep(TimeSpan.Zero); return null;"), replacements: table);
        Assert.Null(woven.Exception);
        Assert.Equal(["first", "sleep 00:00:00"], TestHooks.Log);
    }

    [Fact]
    public void A_class_that_woven_code_cannot_call_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ReplacementTable(typeof(ReplacementTests)));
        Assert.Throws<ArgumentException>(() => new ReplacementTable(typeof(HiddenThreads)));
    }

    /// <summary>A replacement may raise, so clean-up that calls one counts as clean-up; what it replaces is over at once.</summary>
    [Fact]
    public void Clean_up_that_calls_a_replacement_counts_as_clean_up()
    {
        const string Body = "try { } finally { Monitor.Exit(x); } return null;";
        var table = new ReplacementTable(typeof(DepthNotes));
        Snippet snippet = Snippet.Compile("static object x = new(); public static object? Run() { Monitor.TryEnter(x); " + Body + " }");
        Woven.Outcome woven = Woven.Run(snippet, replacements: table);
        Assert.Null(woven.Exception);
        Assert.Equal("depth 1", Assert.Single(TestHooks.Log));
        Assert.Equal(0, woven.Depth);
    }

    /// <summary>The end of a lock statement is no clean-up that could be interrupted: raising the depth would cost more than the lock.</summary>
    [Theory]
    [InlineData("static object x = new();", "lock (x) { }")]
    [InlineData("static Lock x = new();", "lock (x) { }")]
    [InlineData("static Lock x = new();", "x.Enter(); try { } finally { x.Exit(); }")]
    public void A_lock_costs_no_clean_up(string field, string statement)
    {
        Snippet snippet = Snippet.Compile($"{field} public static object? Run() {{ {statement} return null; }}");
        using ModuleDefinition woven = ModuleDefinition.ReadModule(new MemoryStream(snippet.Weave().Assembly));
        Assert.Contains(woven.AssemblyReferences, static r => r.Name == "ProcInterrupt.WorkerProcess");
        Assert.DoesNotContain(woven.GetMemberReferences(), static m => m.Name == nameof(TestHooks.EnterCleanup));
    }

    [Replaces(typeof(Thread))]
    public static class FirstThreads
    {
        public static void Sleep(int millisecondsTimeout) => TestHooks.Note("first");
    }

    [Replaces(typeof(Monitor))]
    public static class DepthNotes
    {
        public static void Exit(object obj)
        {
            TestHooks.Note($"depth {TestHooks.Depth}");
            Monitor.Exit(obj);
        }
    }

    [Replaces(typeof(Thread))]
    internal static class HiddenThreads
    {
        public static void Sleep(int millisecondsTimeout) => Thread.Sleep(millisecondsTimeout);
    }
}
