using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Catching, handlers, signals, late and early requests, buffers: points 7 to 11 of the main job.</summary>
public sealed class DeliveryTests(WorkerFixture fixture, ITestOutputHelper output) : IClassFixture<WorkerFixture>
{
    private Worker Worker => fixture.Worker;

    [Fact]
    public async Task A_thread_left_behind_that_interrupts_the_run_thread_all_the_time_does_not_end_a_fresh_worker()
    {
        await using var worker = await Worker.StartAsync();
        await worker.SucceedsAsync("""
            var main = Thread.CurrentThread;
            new Thread(() => { for (var i = 0; i < 400; i++) { main.Interrupt(); Thread.Sleep(1); } }) { IsBackground = true }.Start();
            """);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal("2", (await worker.SucceedsAsync("1 + 1")).Value?.Text);
    }

    [Fact]
    public async Task A_thread_left_behind_that_interrupts_the_run_thread_between_runs_does_not_end_the_worker()
    {
        await Worker.SucceedsAsync("""
            var main = Thread.CurrentThread;
            var times = 0;
            new Thread(() => { while (times < 50) { Thread.Sleep(2); main.Interrupt(); times++; } }).Start();
            """);

        // The worker does nothing meanwhile.
        await Task.Delay(500);
        Assert.Equal("50", (await Worker.SucceedsAsync("while (times < 50) { } times")).Value?.Text);
    }

    [Fact]
    public async Task Code_that_catches_the_interrupt_goes_on_and_the_receipt_says_handled()
    {
        await Worker.SucceedsAsync("var kept = 41;");
        for (var time = 0; time < 50; time++)
        {
            var run = Worker.Run("csharp", "kept = 0; Console.Write(\"go\"); try { while (true) ; } catch (KeyboardInterruptException) { kept = 7; }");
            await run.PrintedAsync("go");
            var receipt = await run.InterruptAsync().Soon();
            var result = await run.Completion.Soon();
            Assert.Equal((ReceiptStatus.Handled, RunOutcome.Succeeded), (receipt.Status, result.Outcome));
            Assert.Equal("7", (await Worker.SucceedsAsync("kept")).Value?.Text);
        }
    }

    [Fact]
    public async Task Code_that_catches_cancellation_goes_on_and_can_be_interrupted_again()
    {
        var run = Worker.Run("csharp", "Console.Write(\"go\"); try { while (true) ; } catch (OperationCanceledException) { Console.Write(\"again\"); } while (true) ;");
        await run.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
    }

    [Fact]
    public async Task A_clause_that_rethrows_does_not_handle()
    {
        var run = Worker.Run("csharp", "var cleaned = 0; Console.Write(\"go\"); try { while (true) ; } catch (OperationCanceledException) { cleaned = 1; throw; }");
        await run.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        Assert.Equal("1", (await Worker.SucceedsAsync("cleaned")).Value?.Text);
    }

    [Fact]
    public async Task A_handler_runs_at_the_checkpoint_and_the_loop_goes_on()
    {
        await Worker.ResetAsync().Soon();
        await Worker.SucceedsAsync("int handled = 0; bool stop = false; Interrupt.Handle(Signal.Interrupt, s => { handled++; });");
        var run = Worker.Run("csharp", "long turns = 0; Console.Write(\"go\"); while (!stop) { turns++; if (handled == 20) stop = true; }");
        await run.PrintedAsync("go");
        for (var time = 0; time < 20; time++)
        {
            Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
        }

        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
        Assert.Equal("20", (await Worker.SucceedsAsync("handled")).Value?.Text);
        await Worker.ResetAsync().Soon();
    }

    [Fact]
    public async Task Every_signal_reaches_its_own_handler()
    {
        await Worker.ResetAsync().Soon();
        await Worker.SucceedsAsync("var seen = new List<int>(); for (var n = 1; n <= 64; n++) { var mine = n; Interrupt.Handle((Signal)n, s => { if ((int)s != mine) throw new Exception(\"wrong handler\"); seen.Add(mine); }); }");
        var run = Worker.Run("csharp", "Console.Write(\"go\"); while (seen.Count < 64) ;");
        await run.PrintedAsync("go");
        for (var number = 1; number <= 64; number++)
        {
            Assert.Equal((number, ReceiptStatus.Handled), (number, (await run.InterruptAsync((Signal)number).Soon()).Status));
        }

        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
        Assert.Equal("true", (await Worker.SucceedsAsync("seen.SequenceEqual(Enumerable.Range(1, 64))")).Value?.Text);
        await Worker.ResetAsync().Soon();
    }

    [Fact]
    public async Task Signals_that_nobody_handles_are_consumed_and_ignored()
    {
        var run = Worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        foreach (var number in Enumerable.Range(1, 64).Where(number => number != 2))
        {
            Assert.Equal((number, ReceiptStatus.Handled), (number, (await run.InterruptAsync((Signal)number).Soon()).Status));
        }

        Assert.False(run.Completion.IsCompleted);
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task A_byte_that_is_no_signal_is_consumed_and_ignored()
    {
        var run = Worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        using (var map = File.OpenHandle(Worker.MapPath!, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            foreach (byte value in new byte[] { 65, 100, 200, 255 })
            {
                RandomAccess.Write(map, [value], 0);
                await ByteIsZeroAsync(map);
            }

            Assert.False(run.Completion.IsCompleted);
        }

        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task A_foreign_byte_interrupts_the_current_run_and_is_zero_afterwards()
    {
        await Worker.SucceedsAsync("var kept = 41;");
        using var map = File.OpenHandle(Worker.MapPath!, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (var time = 0; time < 50; time++)
        {
            var run = Worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
            await run.PrintedAsync("go");
            RandomAccess.Write(map, [2], 0);
            Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
            await ByteIsZeroAsync(map);
            Assert.Equal("42", (await Worker.SucceedsAsync("kept + 1")).Value?.Text);
        }
    }

    [Fact]
    public async Task A_foreign_byte_while_idle_harms_nothing()
    {
        await Worker.SucceedsAsync("1");
        using var map = File.OpenHandle(Worker.MapPath!, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(map, [2], 0);
        for (var time = 0; time < 20; time++)
        {
            Assert.Equal("2", (await Worker.SucceedsAsync("1 + 1")).Value?.Text);
            RandomAccess.Write(map, [2], 0);
        }

        Assert.Equal("2", (await Worker.SucceedsAsync("1 + 1")).Value?.Text);
        await ByteIsZeroAsync(map);
    }

    [Fact]
    public async Task A_request_after_the_end_is_too_late_and_the_next_run_is_not_touched()
    {
        var ended = Worker.Run("csharp", "1");
        await ended.Completion.Soon();
        var next = Worker.Run("csharp", "Console.Write(\"go\"); for (long i = 0; i < 20_000_000; i++) ; 5");
        await next.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.TooLate, (await ended.InterruptAsync().Soon()).Status);
        var result = await next.Completion.Soon();
        Assert.Equal((RunOutcome.Succeeded, "5"), (result.Outcome, result.Value?.Text));
    }

    [Fact]
    public async Task A_request_for_a_queued_run_takes_it_off_the_queue()
    {
        var first = Worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        var queued = Worker.Run("csharp", "throw new Exception(\"never\");");
        await first.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.NeverStarted, (await queued.InterruptAsync().Soon()).Status);
        Assert.Equal(RunOutcome.Interrupted, (await queued.Completion.Soon()).Outcome);
        Assert.False(first.Completion.IsCompleted);
        Assert.Equal(ReceiptStatus.Interrupted, (await first.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task A_request_made_before_the_run_has_started_acts_on_it()
    {
        for (var time = 0; time < 1000; time++)
        {
            var run = Worker.Run("csharp", "while (true) ;");
            var receipt = await run.InterruptAsync().Soon();
            Assert.Equal((time, ReceiptStatus.Interrupted), (time, receipt.Status));
            Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        }

        Assert.Equal("2", (await Worker.SucceedsAsync("1 + 1")).Value?.Text);
    }

    [Fact]
    public async Task Ten_thousand_runs_with_requests_at_random_times_end_as_their_receipts_say()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await Worker.ResetAsync().Soon();
        await Worker.SucceedsAsync("void Work(int micros) { var until = Stopwatch.GetTimestamp() + micros * 1000L; while (Stopwatch.GetTimestamp() < until) ; }");
        var counts = new Dictionary<ReceiptStatus, int>();
        var untouched = 0;
        const int total = 10_000;
        const int batch = 20;
        for (var first = 0; first < total; first += batch)
        {
            var aimed = new List<(Run Run, List<Task<InterruptReceipt>> Requests)>();
            for (var index = 0; index < batch; index++)
            {
                aimed.Add((Worker.Run("csharp", $"Work({random.Next(2000)})"), []));
            }

            foreach (var (run, requests) in aimed)
            {
                if (random.Next(3) > 0)
                {
                    for (var request = random.Next(3); request >= 0; request--)
                    {
                        var until = Stopwatch.GetTimestamp() + (random.Next(4_000) * Stopwatch.Frequency / 1_000_000);
                        while (Stopwatch.GetTimestamp() < until && !run.Completion.IsCompleted)
                        {
                            Thread.SpinWait(20);
                        }

                        requests.Add(run.InterruptAsync());
                    }
                }
            }

            foreach (var (run, requests) in aimed)
            {
                var result = await run.Completion.Soon();
                var receipts = await Task.WhenAll(requests).Soon();
                if (requests.Count == 0)
                {
                    Assert.True(result.Outcome == RunOutcome.Succeeded, $"run {run.Number}, never aimed at: {result.Outcome} {result.Error}");
                    untouched++;
                    continue;
                }

                foreach (var receipt in receipts)
                {
                    counts[receipt.Status] = counts.GetValueOrDefault(receipt.Status) + 1;
                }

                var expected = receipts.Any(receipt => receipt.Status is ReceiptStatus.Interrupted or ReceiptStatus.NeverStarted) ? RunOutcome.Interrupted : RunOutcome.Succeeded;
                Assert.True(result.Outcome == expected, $"run {run.Number}: {result.Outcome} {result.Error} with {string.Join(", ", receipts.Select(receipt => receipt.Status))}");
                Assert.DoesNotContain(receipts, receipt => receipt.Status is ReceiptStatus.Handled or ReceiptStatus.WorkerLost or ReceiptStatus.Killed);
            }
        }

        output.WriteLine($"{untouched} never aimed at; receipts: {string.Join(", ", counts.Select(pair => $"{pair.Key} {pair.Value}"))}");
        Assert.All([ReceiptStatus.Interrupted, ReceiptStatus.TooLate, ReceiptStatus.NeverStarted], status => Assert.True(counts.GetValueOrDefault(status) > 0, $"no {status} among them"));
    }

    [Fact]
    public async Task The_buffer_is_swapped_a_thousand_times_while_code_polls_and_interrupts_come_through_the_new_one()
    {
        var buffers = Enumerable.Range(0, 4).Select(_ => InterruptBuffer.Create()).ToList();
        await using var worker = await Worker.StartAsync();
        await worker.SucceedsAsync("var kept = 41; int handled = 0; Interrupt.Handle((Signal)10, _ => handled++);");
        var run = worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        for (var swap = 0; swap < 1000; swap++)
        {
            await worker.SetInterruptBufferAsync(buffers[swap % buffers.Count]).Soon();
            Assert.Equal(buffers[swap % buffers.Count].Path, worker.MapPath);
            if (swap % 10 == 0)
            {
                Assert.Equal((swap, ReceiptStatus.Handled), (swap, (await run.InterruptAsync((Signal)10).Soon()).Status));
            }
        }

        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal("100", (await worker.SucceedsAsync("handled")).Value?.Text);
        Assert.Equal("42", (await worker.SucceedsAsync("kept + 1")).Value?.Text);
        buffers.ForEach(buffer => buffer.Dispose());
    }

    [Fact]
    public async Task A_request_made_while_the_buffer_is_swapped_is_not_lost()
    {
        using var one = InterruptBuffer.Create();
        using var other = InterruptBuffer.Create();
        await using var worker = await Worker.StartAsync();
        for (var time = 0; time < 200; time++)
        {
            var run = worker.Run("csharp", "while (true) ;");
            await run.StartedAsync();
            var swap = worker.SetInterruptBufferAsync(time % 2 == 0 ? one : other);
            var receipt = run.InterruptAsync();
            await swap.Soon();
            Assert.Equal((time, ReceiptStatus.Interrupted), (time, (await receipt.Soon()).Status));
        }
    }

    [Fact]
    public async Task Without_a_buffer_the_word_does_nothing_and_the_worker_ends_the_run_with_itself()
    {
        await using var worker = await Worker.StartAsync();
        await worker.SetInterruptBufferAsync(null).Soon();
        var run = worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        var unheard = run.InterruptAsync();
        var receipt = await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.FromMilliseconds(100), InsistGrace = TimeSpan.FromMilliseconds(100), HighestRung = InterruptRung.Terminate }).Soon();
        Assert.Equal((ReceiptStatus.Terminated, InterruptRung.Terminate, false), (receipt.Status, receipt.Rung, receipt.StatePreserved));
        Assert.Equal(RunOutcome.Terminated, (await run.Completion.Soon()).Outcome);
        Assert.Equal(ReceiptStatus.Terminated, (await unheard.Soon()).Status);
    }

    [Fact]
    public async Task A_deadline_interrupts_with_its_reason()
    {
        await Worker.SucceedsAsync("var kept = 41;");
        var run = Worker.Run("csharp", "while (true) ;", new RunOptions { Deadline = TimeSpan.FromMilliseconds(50) });
        var result = await run.Completion.Soon();
        Assert.Equal((RunOutcome.Interrupted, InterruptReason.Deadline), (result.Outcome, result.Reason));
        Assert.Equal("42", (await Worker.SucceedsAsync("kept + 1")).Value?.Text);
    }

    private static async Task ByteIsZeroAsync(Microsoft.Win32.SafeHandles.SafeFileHandle map)
    {
        var limit = Stopwatch.StartNew();
        var value = new byte[1];
        do
        {
            Assert.True(limit.Elapsed < Expect.Bound, $"byte 0 is still {value[0]}");
            await Task.Yield();
            RandomAccess.Read(map, value, 0);
        }
        while (value[0] != 0);
    }
}
