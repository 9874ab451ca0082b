using ProcInterrupt.Tests.Controller;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>A second interrupt while the first one is being raised, handled or judged: each gets the receipt that fits the run's end.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PythonRepeatedInterruptTests(PythonFixture fixture, ITestOutputHelper log) : IClassFixture<PythonFixture>
{
    /// <summary>Makes the worker's own Python code, where there is any between taking and the run's end, slow enough to be met.</summary>
    private const string Slow = """
        import sys, time
        def slow(frame, event, argument):
            if event == 'call' and frame.f_code.co_filename == '<procinterrupt>': time.sleep(0.4)
        sys.setprofile(slow)

        """;

    public static TheoryData<string> Libraries => PythonLibraries.Data;

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_second_one_in_the_worker_s_own_code_leaves_the_first_to_end_the_run(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync().Soon();
        foreach (var wait in new[] { "time.sleep(60)", "while True: pass" })
        {
            var (result, first, second) = await InterruptTwiceAsync(worker, $"{Slow}print('go')\n{wait}");
            Assert.Equal((wait, RunOutcome.Interrupted, ReceiptStatus.Interrupted), (wait, result.Outcome, first));
            Assert.True(second is ReceiptStatus.Interrupted or ReceiptStatus.TooLate, $"{wait}: {second}");
        }

        await worker.ResetAsync().Soon();
    }

    [Fact]
    public async Task A_second_one_while_asyncio_is_asked_does_not_take_the_first_away()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        await worker.ValueAsync("import asyncio");
        var (result, first, _) = await InterruptTwiceAsync(worker, $"{Slow}async def main():\n    print('go')\n    while True: pass\nasyncio.run(main())");
        Assert.Equal((RunOutcome.Interrupted, ReceiptStatus.Interrupted), (result.Outcome, first));
        await worker.ResetAsync().Soon();
    }

    [Fact]
    public async Task One_while_the_code_forks_leaves_the_next_to_be_seen()
    {
        const int interrupts = 1500;
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        var seed = TestSeed.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        const string code = """
            import os
            print('go')
            while True:
                try:
                    while True:
                        child = os.fork()
                        if child == 0: os._exit(0)
                        os.waitpid(child, 0)
                except KeyboardInterrupt: pass
            """;
        var run = await worker.GoAsync(code);
        for (var interrupt = 0; interrupt < interrupts; interrupt++)
        {
            var status = (await run.InterruptAsync().Soon()).Status;
            if (status == ReceiptStatus.Interrupted)
            {
                // It came between the clause and the next try.
                run = await worker.GoAsync(code);
                continue;
            }

            Assert.Equal((interrupt, ReceiptStatus.Handled), (interrupt, status));
            await Spin.MicrosAsync(random.Next(2000));
        }

        Assert.Equal(ReceiptStatus.Interrupted, (await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.Zero, HighestRung = InterruptRung.Insist }).Soon()).Status);
        await worker.ResetAsync().Soon();
    }

    [Fact]
    public async Task One_that_breaks_off_a_handler_ends_the_run_and_the_handler_s_signal_is_handled()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        await worker.ValueAsync("import signal, time\ndef handler(s, f):\n    print('in')\n    time.sleep(60)\nsignal.signal(10, handler)");
        var run = worker.Run("python", "print('go')\ntime.sleep(60)");
        await using var events = run.Events.GetAsyncEnumerator();
        await run.PrintedAsync(events, "go");
        var handled = run.InterruptAsync(Signal.User1);
        await run.PrintedAsync(events, "in");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(ReceiptStatus.Handled, (await handled.Soon()).Status);
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        await worker.ResetAsync().Soon();
    }

    [Fact]
    public async Task One_in_a_with_block_s_end_is_raised_over_the_first_and_both_end_the_run()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        var run = worker.Run("python", """
            import time
            class Slow:
                def __enter__(self): return self
                def __exit__(self, *error):
                    print('in')
                    time.sleep(60)
            print('go')
            with Slow(): time.sleep(60)
            """);
        await using var events = run.Events.GetAsyncEnumerator();
        await run.PrintedAsync(events, "go");
        var first = run.InterruptAsync();
        await run.PrintedAsync(events, "in");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(ReceiptStatus.Interrupted, (await first.Soon()).Status);
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
    }

    private static async Task<(RunResult Result, ReceiptStatus First, ReceiptStatus Second)> InterruptTwiceAsync(Worker worker, string code)
    {
        var run = await worker.GoAsync(code);
        var first = run.InterruptAsync();

        // Where the first is taken and the run does not end at once, the second comes into what is done about the first.
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        var second = run.InterruptAsync();
        return (await run.Completion.Soon(), (await first.Soon()).Status, (await second.Soon()).Status);
    }
}
