using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What was acquired is released, whenever the interrupt comes.</summary>
public sealed class CleanupTests(WorkerFixture fixture, ITestOutputHelper output) : IClassFixture<WorkerFixture>
{
    private const int Interrupts = 1000;

    private const string Definitions = """
        static class Count
        {
            public static int Acquired, Released;
            public static readonly object Gate = new();
            public static int Turns(int n) { var sum = 0; for (var i = 0; i < n; i++) sum += i % 7; return sum; }
            public static int Depth(int n) => n == 0 ? 0 : 1 + Depth(n - 1);
            public static void Release() { for (var i = 0; i < 20; i++) { Turns(20); Depth(5); } Interlocked.Increment(ref Released); }
        }

        class Resource : IDisposable
        {
            public Resource() => Interlocked.Increment(ref Count.Acquired);
            public void Dispose() { Count.Turns(50); Count.Release(); }
        }

        class AsyncResource : IAsyncDisposable
        {
            public AsyncResource() => Interlocked.Increment(ref Count.Acquired);
            public async ValueTask DisposeAsync() { Count.Turns(50); await Task.Yield(); Count.Release(); }
        }

        void Using() { using (new Resource()) { Count.Turns(300); using var second = new Resource(); Count.Depth(30); } }

        void Finally() { Interlocked.Increment(ref Count.Acquired); try { Count.Turns(300); } finally { try { Count.Turns(30); } finally { Count.Release(); } } }

        void Locked() { lock (Count.Gate) { Interlocked.Increment(ref Count.Acquired); try { Count.Turns(200); } finally { Count.Release(); } } }

        IEnumerable<int> Iterate() { using var held = new Resource(); for (var i = 0; i < 20; i++) { Count.Turns(20); yield return i; } }

        void Foreach() { foreach (var i in Iterate()) Count.Turns(i); }

        async Task AwaitUsing() { await using (new AsyncResource()) { Count.Turns(300); await Task.Yield(); Count.Turns(300); } }

        async Task FinallyWithAwait()
        {
            Interlocked.Increment(ref Count.Acquired);
            try { Count.Turns(200); await Task.Yield(); Count.Turns(200); }
            finally { Count.Turns(100); await Task.Yield(); Count.Turns(100); await Task.Delay(0); Count.Release(); }
        }

        async IAsyncEnumerable<int> IterateAsync() { using var held = new Resource(); for (var i = 0; i < 5; i++) { await Task.Yield(); yield return i; } }

        async Task AwaitForeach() { await foreach (var i in IterateAsync()) Count.Turns(100); }
        """;

    [Theory]
    [InlineData("using", "Using();")]
    [InlineData("finally", "Finally();")]
    [InlineData("lock", "Locked();")]
    [InlineData("iterator", "Foreach();")]
    [InlineData("await using", "await AwaitUsing();")]
    [InlineData("finally with await", "await FinallyWithAwait();")]
    [InlineData("await foreach", "await AwaitForeach();")]
    public async Task Whatever_was_acquired_is_released_after_a_thousand_interrupts_at_random_times(string what, string statement)
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync(Definitions);
        var seed = Random.Shared.Next();
        output.WriteLine($"{what}: seed {seed}");
        var random = new Random(seed);
        for (var time = 0; time < Interrupts; time++)
        {
            var run = worker.Run("csharp", $"while (true) {{ {statement} }}");
            await run.StartedAsync();
            await Spin.MicrosAsync(random.Next(12_000));
            var receipt = await run.InterruptAsync().Soon();
            var result = await run.Completion.Soon();
            Assert.Equal((time, ReceiptStatus.Interrupted, RunOutcome.Interrupted), (time, receipt.Status, result.Outcome));
            if (time % 50 == 49)
            {
                var balance = await worker.SucceedsAsync("Count.Acquired - Count.Released");
                Assert.Equal((time, "0"), (time, balance.Value?.Text));
            }
        }

        var free = await worker.SucceedsAsync("await Task.Run(() => { var free = Monitor.TryEnter(Count.Gate, 1000); if (free) Monitor.Exit(Count.Gate); return free; })");
        Assert.Equal("true", free.Value?.Text);
        Assert.NotEqual("0", (await worker.SucceedsAsync("Count.Acquired")).Value?.Text);
    }
}
