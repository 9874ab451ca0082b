using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What an interrupted await leaves behind: nothing that later awaits would miss.</summary>
public sealed class AwaitTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Times = 20;

    [Theory]
    [InlineData("try { Go(); await Task.Delay(-1); } finally { done.Add(\"finally\"); }", "finally")]
    [InlineData("try { Go(); await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"finally\"); }", "finally")]
    [InlineData("async Task F() { try { Go(); await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await F(); } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async ValueTask<int> F() { try { Go(); await Task.Delay(-1); return 1; } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await F(); } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async Task F() { try { Go(); await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await Task.WhenAll(F(), Task.CompletedTask); } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async Task F() { try { Go(); await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await Task.Run(F); } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async IAsyncEnumerable<int> F() { try { yield return 1; Go(); await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"inner\"); } } try { await foreach (var x in F()) { } } finally { done.Add(\"outer\"); }", "inner,outer")]
    [InlineData("async Task F() { try { Go(); await Task.Delay(-1); } finally { await Task.Delay(20); done.Add(\"finally\"); } } F().Wait();", "finally")]
    [InlineData("async Task F() { try { Go(); await Task.Delay(-1); } finally { await Task.Delay(1000); done.Add(\"finally\"); } } F().Wait();", "finally", 2)]
    [InlineData("_ = Task.Run(() => { try { Go(); while (true) { } } finally { for (var i = 0; i < 100000; i++) { } done.Add(\"finally\"); } }); Thread.Sleep(-1);", "finally")]
    [InlineData("new Thread(() => { try { Go(); Thread.Sleep(-1); } finally { done.Add(\"finally\"); } }).Start(); await Task.Delay(-1);", "finally")]
    public async Task Clean_up_has_run_in_order_when_the_run_is_over(string code, string expected, int times = Times)
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("var done = new List<string>(); void Go() => Console.Write(\"go\");");
        for (var time = 0; time < times; time++)
        {
            var run = worker.Run("csharp", $"done.Clear(); {code}");
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

    [Fact]
    public async Task A_sequence_goes_on_after_an_interrupt_that_was_caught_between_two_steps()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        for (var time = 0; time < Times; time++)
        {
            var run = worker.Run("csharp", """
                using System.Threading.Channels;
                var channel = Channel.CreateUnbounded<int>();
                for (var i = 1; i <= 3; i++) channel.Writer.TryWrite(i);
                var read = "";
                await foreach (var x in channel.Reader.ReadAllAsync())
                {
                    read += x;
                    if (x == 3) channel.Writer.Complete();
                    if (x != 1) continue;
                    try { Console.Write("go"); await Task.Delay(-1); } catch (KeyboardInterruptException) { read += "!"; }
                }

                read
                """);
            await run.PrintedAsync("go");
            Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
            Assert.Equal("\"1!23\"", (await run.Completion.Soon()).Value?.Text);
        }
    }

    [Theory]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("await foreach (var x in all) { }")]
    [InlineData("await foreach (var x in all.ConfigureAwait(false)) { }")]
    [InlineData("await foreach (var x in all.WithCancellation(new CancellationTokenSource().Token)) { }")]
    public async Task A_sequence_that_an_interrupted_run_has_made_is_read_by_the_next(string code)
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        for (var time = 0; time < Times; time++)
        {
            await InterruptAsync($"using System.Threading.Channels; var channel = Channel.CreateUnbounded<int>(); var all = channel.Reader.ReadAllAsync(); Console.Write(\"go\"); {code}");
            Assert.Equal("7", (await worker.SucceedsAsync("channel.Writer.TryWrite(7); channel.Writer.Complete(); var n = 0; await foreach (var x in all) n += x; n")).Value?.Text);
        }
    }

    [Fact]
    public async Task A_sequence_is_cancelled_by_the_token_that_the_code_gave()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        var told = await worker.SucceedsAsync("""
            using System.Threading.Channels;
            var told = new List<bool>();
            var all = Channel.CreateUnbounded<int>().Reader.ReadAllAsync();
            var first = new CancellationTokenSource(5);
            try { await foreach (var x in all.WithCancellation(first.Token)) { } }
            catch (OperationCanceledException e) { told.Add(e.CancellationToken == first.Token); }
            var second = new CancellationTokenSource(5);
            try { await foreach (var x in Channel.CreateUnbounded<int>().Reader.ReadAllAsync(second.Token)) { } }
            catch (OperationCanceledException e) { told.Add(e.CancellationToken == second.Token); }
            string.Join(' ', told)
            """);
        Assert.Equal("\"True True\"", told.Value?.Text);
    }

    [Fact]
    public async Task An_interrupted_step_of_a_configured_sequence_is_an_interrupt_and_the_iterator_is_done_before()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        var run = worker.Run("csharp", """
            var told = "";
            async IAsyncEnumerable<int> F() { try { yield return 1; await Task.Delay(-1); } finally { await Task.Delay(20); told += "inner "; } }
            try { Console.Write("go"); await foreach (var x in F().ConfigureAwait(false)) { } }
            catch (KeyboardInterruptException) { told += "interrupt"; }
            told
            """);
        await run.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal("\"inner interrupt\"", (await run.Completion.Soon()).Value?.Text);
    }

    [Fact]
    public async Task Clean_up_that_takes_longer_than_the_patience_is_over_before_its_callers()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("var done = \"\"; async Task F() { try { await Task.Delay(-1); } finally { for (var i = 0; i < 100; i++) await Task.Delay(12); done += \"inner\"; } }");
        await InterruptAsync("Console.Write(\"go\"); try { await F(); } finally { done += \" outer\"; }");
        Assert.Equal("\"inner outer\"", (await worker.SucceedsAsync("done")).Value?.Text);
    }

    [Theory]
    [InlineData("await Task.Run(() => Task.Delay(-1));")]
    [InlineData("await Task.Run(() => new TaskCompletionSource<int>().Task);")]
    [InlineData("await foreach (var x in new Stalled()) { }")]
    [InlineData("await foreach (var x in ((IAsyncEnumerable<int>)new Stalled()).ConfigureAwait(false)) { }")]
    public async Task What_does_not_end_by_itself_is_not_waited_for(string code)
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("""
            class Stalled : IAsyncEnumerable<int>, IAsyncEnumerator<int>
            {
                public int Current => 0;
                public ValueTask<bool> MoveNextAsync() => new(new TaskCompletionSource<bool>().Task);
                public ValueTask DisposeAsync() => default;
                public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken token) => this;
            }
            """);
        var micros = new List<long>();
        for (var time = 0; time < Times; time++)
        {
            var run = worker.Run("csharp", $"Console.Write(\"go\"); {code}");
            await run.PrintedAsync("go");
            await Task.Delay(20);
            var receipt = await run.InterruptAsync().Soon();
            Assert.Equal(ReceiptStatus.Interrupted, receipt.Status);
            micros.Add(receipt.ReportedMicros);
        }

        // Half a second is what it takes for what does.
        Assert.InRange(micros.Min(), 0, 400_000);
    }

    [Fact]
    public async Task What_a_handler_throws_is_thrown_where_the_code_waits()
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("var done = \"\"; Interrupt.Handle(Signal.Interrupt, _ => throw new InvalidOperationException(\"enough\"));");
        for (var time = 0; time < Times; time++)
        {
            var caught = worker.Run("csharp", "done = \"\"; try { Console.Write(\"go\"); await Task.Delay(-1); } catch (InvalidOperationException e) { done += e.Message; } await Task.Delay(1); done");
            await caught.PrintedAsync("go");
            Assert.Equal(ReceiptStatus.Handled, (await caught.InterruptAsync().Soon()).Status);
            Assert.Equal("\"enough\"", (await caught.Completion.Soon()).Value?.Text);

            var failed = worker.Run("csharp", "try { Console.Write(\"go\"); await Task.Delay(-1); } finally { await Task.Delay(5); done += \" finally\"; }");
            await failed.PrintedAsync("go");
            Assert.Equal(ReceiptStatus.Handled, (await failed.InterruptAsync().Soon()).Status);
            Assert.Equal((RunOutcome.Failed, "enough"), ((await failed.Completion.Soon()).Outcome, (await failed.Completion.Soon()).Error?.Message));
            Assert.Equal("\"enough finally\"", (await worker.SucceedsAsync("done")).Value?.Text);
        }
    }

    [Fact]
    public async Task What_is_awaited_again_and_again_keeps_nothing_of_the_runs_that_were_interrupted()
    {
        const int runs = 60;
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("""
            var never = new TaskCompletionSource();
            int Loaded()
            {
                for (var i = 0; i < 5; i++)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    Thread.Sleep(20);
                }

                return AppDomain.CurrentDomain.GetAssemblies().Length;
            }
            """);
        await InterruptAsync("Console.Write(\"go\"); await never.Task;");
        var before = int.Parse((await worker.SucceedsAsync("Loaded()")).Value!.Text);
        for (var run = 0; run < runs; run++)
        {
            await InterruptAsync("Console.Write(\"go\"); await never.Task;");
        }

        Assert.InRange(int.Parse((await worker.SucceedsAsync("Loaded()")).Value!.Text) - before, -before, runs / 4);
    }

    [Theory]
    [InlineData("await Task.Delay(1); Machine()", "false")]
    [InlineData("int n = 3; await Task.Yield(); n += await Task.FromResult(4); await new ValueTask<int>(Task.Run(() => n)) + 1", "8")]
    [InlineData("int n = 0; try { await Task.Yield(); throw new Exception(); } catch (Exception) { n++; } finally { await Task.Yield(); n++; } n", "2")]
    [InlineData("var sum = 0; await foreach (var x in Numbers()) sum += x; using (new StringReader(\"\")) await Task.Yield(); sum", "3")]
    [InlineData("Func<int> f = () => seed++; await Task.Yield(); f(); f(); seed", "42")]
    public async Task The_top_level_is_a_class_and_works_as_before(string code, string expected)
    {
        var worker = fixture.Worker;
        await worker.ResetAsync().Soon();
        await worker.SucceedsAsync("""
            var seed = 40;
            bool Machine() => new StackTrace().GetFrames().Select(f => f.GetMethod()?.DeclaringType).Single(t => t?.Name.Contains("<Initialize>") == true)!.IsValueType;
            async IAsyncEnumerable<int> Numbers() { yield return 1; await Task.Yield(); yield return 2; }
            """);
        Assert.Equal(expected, (await worker.SucceedsAsync(code)).Value?.Text);
    }

    private async Task InterruptAsync(string code)
    {
        var run = fixture.Worker.Run("csharp", code);
        await run.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }
}
