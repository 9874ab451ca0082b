using ProcInterrupt.WorkerProcess.Checkpoints;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

/// <summary>Runs woven snippets on a thread of their own, whose stack the weaver knows.</summary>
internal static unsafe class Woven
{
    public const int StackBytes = 4 << 20;
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly ReplacementTable Replacements = new(typeof(Weaver).Assembly, typeof(TestEnvironmentCalls));

    /// <param name="replacements">Null: the worker's.</param>
    public static Weaver MakeWeaver(ReplacementTable? replacements = null) =>
        new(new WeaverOptions((nint)TestHooks.Word, TestHooks.StackLow, TestHooks.StackSize, typeof(TestHooks), replacements ?? Replacements));

    /// <summary>Runs a snippet to its end, or until it was interrupted some time after it started.</summary>
    /// <param name="interruptAfter">Null: not interrupted.</param>
    /// <param name="busy">The word is not 0 although nothing is wanted, so that every check takes the slow path.</param>
    public static Outcome Run(Snippet snippet, TimeSpan? interruptAfter = null, bool busy = false, ReplacementTable? replacements = null)
    {
        using var started = new ManualResetEventSlim();
        var outcome = new Outcome();
        var thread = new Thread(
            () =>
            {
                byte here;
                TestHooks.Reset();
                TestHooks.StackLow = (nuint)(&here) - StackBytes + (1 << 20) + (256 << 10);
                TestHooks.StackSize = (nuint)(&here) - TestHooks.StackLow + 4096;
                Func<object?> run = snippet.LoadWoven(replacements);
                *TestHooks.Word = busy ? 1 : 0;
                started.Set();
                try
                {
                    outcome.Value = run();
                }
                catch (Exception e)
                {
                    outcome.Exception = e;
                }

                outcome.Depth = TestHooks.Depth;
            },
            StackBytes);
        thread.IsBackground = true;
        thread.Start();
        Assert.True(started.Wait(Patience) || !thread.IsAlive);
        if (interruptAfter is { } delay)
        {
            Thread.Sleep(delay);
            TestHooks.Trip();
        }

        Assert.True(thread.Join(Patience), "The snippet did not end.");
        return outcome;
    }

    internal sealed class Outcome
    {
        public object? Value { get; set; }

        public Exception? Exception { get; set; }

        public int Depth { get; set; }
    }
}
