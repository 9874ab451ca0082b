using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What an interrupted await leaves behind: nothing that later awaits would miss.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class AwaitTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Times = 20;

    [Theory]
    [InlineData("try { await Task.Delay(-1); } finally { done.Add(\"finally\"); }", "finally")]
    [InlineData("try { await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"finally\"); }", "finally")]
    [InlineData("async Task F() { try { await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await F(); } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async ValueTask<int> F() { try { await Task.Delay(-1); return 1; } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await F(); } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async Task F() { try { await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await Task.WhenAll(F(), Task.CompletedTask); } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async Task F() { try { await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await Task.Run(F); } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async IAsyncEnumerable<int> F() { try { yield return 1; await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await foreach (var x in F()) { } } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async Task F() { try { await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"finally\"); } } F().Wait();", "finally")]
    [InlineData("_ = Task.Run(() => { try { while (true) { } } finally { for (var i = 0; i < 100000; i++) { } done.Add(\"finally\"); } }); Thread.Sleep(-1);", "finally")]
    [InlineData("new Thread(() => { try { Thread.Sleep(-1); } finally { done.Add(\"finally\"); } }).Start(); await Task.Delay(-1);", "finally")]
    public async Task Clean_up_has_run_in_order_when_the_run_is_over(string code, string expected)
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("var done = new List<string>();");
        for (var time = 0; time < Times; time++)
        {
            var run = worker.Run("csharp", $"done.Clear(); _ = Task.Run(async () => {{ await Task.Delay(5); Console.Write(\"go\"); }}); {code}");
            await run.PrintedAsync("go");
            Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
            Assert.Equal((time, expected), (time, (await worker.SucceedsAsync("string.Join(',', done)")).Value?.Text.Trim('"')));
        }
    }

    [Fact]
    public async Task A_channel_keeps_its_messages_for_who_reads_next()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("using System.Threading.Channels; var channel = Channel.CreateUnbounded<int>();");
        for (var time = 0; time < Times; time++)
        {
            await InterruptAsync("Console.Write(\"go\"); await channel.Reader.ReadAsync();");
            await InterruptAsync("Console.Write(\"go\"); await foreach (var x in channel.Reader.ReadAllAsync()) { }");
            Assert.Equal("7", (await worker.SucceedsAsync("channel.Writer.TryWrite(7); await channel.Reader.ReadAsync()")).Value?.Text);
        }
    }

    [Fact]
    public async Task A_semaphore_keeps_its_turns()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("var semaphore = new SemaphoreSlim(0);");
        for (var time = 0; time < Times; time++)
        {
            await InterruptAsync("Console.Write(\"go\"); await semaphore.WaitAsync();");
            await InterruptAsync("Console.Write(\"go\"); await semaphore.WaitAsync(TimeSpan.FromHours(1));");
            await InterruptAsync("Console.Write(\"go\"); semaphore.Wait();");
            Assert.Equal("1", (await worker.SucceedsAsync("semaphore.Release(); await Task.Delay(1); semaphore.CurrentCount")).Value?.Text);
            Assert.Equal("0", (await worker.SucceedsAsync("semaphore.Wait(); semaphore.CurrentCount")).Value?.Text);
        }
    }

    [Fact]
    public async Task An_await_in_clean_up_is_left_alone()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("var steps = 0; async Task Slowly() { for (var i = 0; i < 10; i++) { await Task.Delay(5); steps++; } }");
        for (var time = 0; time < Times; time++)
        {
            var run = worker.Run("csharp", "steps = 0; try { Console.Write(\"go\"); await Task.Delay(-1); } finally { await Slowly(); }");
            await run.PrintedAsync("go");
            var first = run.InterruptAsync();
            await Task.Delay(10);
            var second = run.InterruptAsync();
            Assert.Equal(ReceiptStatus.Interrupted, (await first.Soon()).Status);
            Assert.Contains((await second.Soon()).Status, (ReceiptStatus[])[ReceiptStatus.Interrupted, ReceiptStatus.TooLate]);
            Assert.Equal("10", (await worker.SucceedsAsync("steps")).Value?.Text);
        }
    }

    [Fact]
    public async Task An_await_can_be_interrupted_and_the_interrupt_caught_again_and_again()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        var run = worker.Run("csharp", """
            var caught = 0;
            while (caught < 20)
            {
                try { Console.Write("go"); await Task.Delay(-1); } catch (KeyboardInterruptException) { caught++; }
            }

            caught
            """);
        using var limit = new CancellationTokenSource(Expect.Bound);
        await foreach (var next in run.Events.WithCancellation(limit.Token))
        {
            if (next is OutputEvent)
            {
                Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
            }
        }

        var result = await run.Completion.Soon();
        Assert.Equal((RunOutcome.Succeeded, "20"), (result.Outcome, result.Value?.Text));
    }

    [Fact]
    public async Task Tokens_of_the_codes_own_mean_what_they_meant()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        var told = await worker.SucceedsAsync("""
            using System.Threading.Channels;
            var told = new List<string>();
            var source = new CancellationTokenSource(5);
            try { await Channel.CreateUnbounded<int>().Reader.ReadAsync(source.Token); }
            catch (OperationCanceledException e) when (e.CancellationToken == source.Token) { told.Add("read"); }
            try { await new SemaphoreSlim(0).WaitAsync(source.Token); }
            catch (OperationCanceledException e) when (e.CancellationToken == source.Token) { told.Add("wait"); }
            try { await Task.Delay(-1, source.Token); }
            catch (TaskCanceledException) { told.Add("delay"); }
            if (!await new SemaphoreSlim(0).WaitAsync(1)) told.Add("timeout");
            string.Join(' ', told)
            """);
        Assert.Equal("\"read wait delay timeout\"", told.Value?.Text);
    }

    private async Task InterruptAsync(string code)
    {
        var run = fixture.Worker.Run("csharp", code);
        await run.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }
}
