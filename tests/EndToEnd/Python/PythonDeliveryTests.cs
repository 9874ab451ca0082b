using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>Catching, handlers, signals, insist, deadlines, stale and late requests: as in Python itself, and what it lacks.</summary>
public sealed class PythonDeliveryTests(PythonFixture fixture, ITestOutputHelper output) : IClassFixture<PythonFixture>
{
    public static TheoryData<string> Libraries => PythonLibraries.Data;

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Code_that_catches_the_interrupt_goes_on_and_the_receipt_says_handled_at_once(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        for (var time = 0; time < 50; time++)
        {
            var run = await worker.GoAsync("print('go')\ntry:\n    while True: pass\nexcept KeyboardInterrupt: caught = 7\nprint('on')\nwhile True: pass");
            Assert.Equal((time, ReceiptStatus.Handled), (time, (await run.InterruptAsync().Soon()).Status));
            Assert.False(run.Completion.IsCompleted);
            Assert.Equal((time, ReceiptStatus.Interrupted), (time, (await run.InterruptAsync().Soon()).Status));
            Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
            Assert.Equal("7", await worker.ValueAsync("caught"));
        }
    }

    [Theory]
    [InlineData("raise", RunOutcome.Interrupted, ReceiptStatus.Interrupted)]
    [InlineData("raise KeyboardInterrupt", RunOutcome.Interrupted, ReceiptStatus.Interrupted)]
    [InlineData("raise KeyboardInterrupt from None", RunOutcome.Interrupted, ReceiptStatus.Interrupted)]
    [InlineData("raise ValueError('other')", RunOutcome.Failed, ReceiptStatus.Handled)]
    [InlineData("raise SystemExit(3)", RunOutcome.Succeeded, ReceiptStatus.Handled)]
    [InlineData("pass", RunOutcome.Succeeded, ReceiptStatus.Handled)]
    public async Task What_comes_out_of_the_clause_decides(string clause, RunOutcome outcome, ReceiptStatus status)
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var run = await worker.GoAsync($"import time\nprint('go')\ntry: time.sleep(60)\nexcept KeyboardInterrupt: {clause}");
        Assert.Equal(status, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(outcome, (await run.Completion.Soon()).Outcome);
    }

    [Fact]
    public async Task A_KeyboardInterrupt_that_code_raises_by_itself_is_a_failure()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var result = await worker.EndsAsync("raise KeyboardInterrupt('mine')");
        Assert.Equal((RunOutcome.Failed, "KeyboardInterrupt", "mine"), (result.Outcome, result.Error?.Type, result.Error?.Message));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_handler_runs_the_code_goes_on_and_the_byte_is_zero(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync().Soon();
        var run = await worker.GoAsync("import signal, time\nhits = []\nsignal.signal(signal.SIGINT, lambda s, f: hits.append((s, f is not None)))\nprint('go')\nwhile len(hits) < 20: pass");
        for (var time = 0; time < 20; time++)
        {
            Assert.Equal((time, ReceiptStatus.Handled), (time, (await run.InterruptAsync().Soon()).Status));
        }

        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
        Assert.Equal("True", await worker.ValueAsync("hits == [(2, True)] * 20"));
        using var map = File.OpenHandle(worker.MapPath!, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var word = new byte[8];
        Assert.Equal(8, RandomAccess.Read(map, word, 0));
        Assert.Equal(0, word[0]);
        await worker.ResetAsync().Soon();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Every_signal_reaches_its_own_handler_in_loops_and_in_waits(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync().Soon();
        await worker.ValueAsync("""
            import signal, time
            seen, refused = [], []
            for n in range(0, 66):
                try: signal.signal(n, lambda s, f: seen.append(s))
                except (OSError, ValueError): refused.append(n)
            """);
        Assert.Equal("[0, 9, 19, 32, 33, 65]", await worker.ValueAsync("refused"));
        foreach (var wait in new[] { "pass", "time.sleep(60)" })
        {
            var run = await worker.GoAsync($"seen.clear()\nprint('go')\nwhile len(seen) < 60: {wait.Replace("60", "0.001")}\nseen");
            foreach (var number in Enumerable.Range(1, 64).Where(number => number is not (9 or 19 or 32 or 33)))
            {
                Assert.Equal((number, ReceiptStatus.Handled), (number, (await run.InterruptAsync((Signal)number).Soon()).Status));
            }

            var result = await run.Completion.Soon();
            Assert.Equal($"[{string.Join(", ", Enumerable.Range(1, 64).Where(number => number is not (9 or 19 or 32 or 33)))}]", result.Value?.Text);
        }

        await worker.ResetAsync().Soon();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Signals_that_nobody_handles_are_consumed_and_ignored(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync().Soon();
        var run = await worker.GoAsync("print('go')\nwhile True: pass");
        foreach (var number in Enumerable.Range(1, 64).Where(number => number != 2))
        {
            Assert.Equal((number, ReceiptStatus.Handled), (number, (await run.InterruptAsync((Signal)number).Soon()).Status));
        }

        Assert.False(run.Completion.IsCompleted);
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task An_ignored_SIGINT_is_consumed_and_the_default_interrupts()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        var ignoring = await worker.GoAsync("import signal\nbefore = signal.signal(2, signal.SIG_IGN)\nprint('go')\nwhile signal.getsignal(12) == signal.SIG_DFL: pass\n9");
        Assert.Equal(ReceiptStatus.Handled, (await ignoring.InterruptAsync().Soon()).Status);
        Assert.False(ignoring.Completion.IsCompleted);
        worker.Insist();
        Assert.Equal(RunOutcome.Interrupted, (await ignoring.Completion.Soon()).Outcome);
        Assert.Equal("True", await worker.ValueAsync("before is signal.default_int_handler and signal.getsignal(2) is signal.SIG_IGN"));

        var byDefault = await worker.GoAsync("signal.signal(2, signal.SIG_DFL)\nprint('go')\nwhile True: pass");
        Assert.Equal(ReceiptStatus.Interrupted, (await byDefault.InterruptAsync().Soon()).Status);
        await worker.ResetAsync().Soon();
        Assert.Equal("True", await worker.ValueAsync("import signal\nsignal.getsignal(2) is signal.default_int_handler"));
    }

    [Fact]
    public async Task A_handler_that_raises_leaves_other_signals_pending()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        await worker.ValueAsync("import signal, time\nlater = []\ndef fail(s, f): raise ValueError(s)\nsignal.signal(10, fail)\nsignal.signal(12, lambda s, f: later.append(s))");
        var run = await worker.GoAsync("print('go')\ntry:\n    while True: pass\nexcept ValueError as e: caught = e.args[0]\nwhile not later: pass\n(caught, later)");
        var first = run.InterruptAsync(Signal.User1);
        var second = run.InterruptAsync(Signal.User2);
        Assert.Equal((ReceiptStatus.Handled, ReceiptStatus.Handled), ((await first.Soon()).Status, (await second.Soon()).Status));
        Assert.Equal("(10, [12])", (await run.Completion.Soon()).Value?.Text);
        await worker.ResetAsync().Soon();
    }

    [Fact]
    public async Task The_traceback_of_a_handler_that_raises_has_no_frame_of_ours()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        await worker.ValueAsync("import signal, time, traceback\ndef fail(s, f): raise ValueError(s)\nsignal.signal(10, fail)");
        var run = await worker.GoAsync("print('go')\ntry: time.sleep(60)\nexcept ValueError as e: names = [frame.name for frame in traceback.extract_tb(e.__traceback__)]\nnames");
        Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync(Signal.User1).Soon()).Status);
        Assert.Equal("['<module>', 'fail']", (await run.Completion.Soon()).Value?.Text);
        await worker.ResetAsync().Soon();
    }

    [Fact]
    public async Task A_handler_that_raises_KeyboardInterrupt_makes_its_signal_an_interrupt()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        var run = await worker.GoAsync("import signal\nsignal.signal(10, signal.default_int_handler)\ndef h(s, f): raise KeyboardInterrupt\nsignal.signal(12, h)\nprint('go')\nwhile True: pass");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync(Signal.User2).Soon()).Status);
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        var again = await worker.GoAsync("print('go')\nwhile True: pass");
        Assert.Equal(ReceiptStatus.Interrupted, (await again.InterruptAsync(Signal.User1).Soon()).Status);
        await worker.ResetAsync().Soon();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Code_that_swallows_everything_ends_by_insist(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ValueAsync("kept = 41\ndef spin():\n    while True: pass");
        string[] programs =
        [
            "while True:\n    try: spin()\n    except BaseException: pass",
            "while True:\n  try:\n    while True:\n      try: spin()\n      except BaseException: pass\n  except BaseException: pass",
            "import time\nwhile True:\n    try: time.sleep(60)\n    except BaseException: pass",
            "try: spin()\nfinally:\n    while True: pass",
        ];
        foreach (var program in programs)
        {
            var run = await worker.GoAsync($"print('go')\n{program}");
            var first = run.InterruptAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(50));
            Assert.False(run.Completion.IsCompleted, program);
            worker.Insist();
            Assert.Equal((program, RunOutcome.Interrupted), (program, (await run.Completion.Soon()).Outcome));
            await first.Soon();
            Assert.Equal("42", await worker.ValueAsync("kept + 1"));
        }

        Assert.Equal("(True, 45)", await worker.ValueAsync("import sys\n(sys.gettrace() is None, sum(i for i in range(10)))"));
    }

    [Fact]
    public async Task A_trace_function_of_the_code_is_there_again_after_an_interrupt_and_after_insist()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        var caught = await worker.GoAsync("import sys\ndef trace(*a): return None\nsys.settrace(trace)\nprint('go')\ntry:\n    while True: pass\nexcept KeyboardInterrupt: pass\nsys.gettrace() is trace");
        caught.Interrupt();
        Assert.Equal("True", (await caught.Completion.Soon()).Value?.Text);
        var insisted = await worker.GoAsync("print('go')\nwhile True: pass");
        worker.Insist();
        Assert.Equal(RunOutcome.Interrupted, (await insisted.Completion.Soon()).Outcome);
        Assert.Equal("True", await worker.ValueAsync("sys.gettrace() is trace"));
        await worker.ResetAsync().Soon();
    }

    [Theory]
    [InlineData("while True: pass")]
    [InlineData("import time\ntime.sleep(60)")]
    public async Task A_deadline_interrupts(string program)
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var run = worker.Run("python", program, new RunOptions { Deadline = TimeSpan.FromMilliseconds(100) });
        var result = await run.Completion.Soon();
        Assert.Equal((RunOutcome.Interrupted, InterruptReason.Deadline), (result.Outcome, result.Reason));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_foreign_byte_interrupts_loops_and_waits(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        using var map = File.OpenHandle(worker.MapPath!, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        foreach (var program in new[] { "while True: pass", "import time\ntime.sleep(60)", "input()" })
        {
            var run = await worker.GoAsync($"print('go')\n{program}");
            RandomAccess.Write(map, [2], 0);
            Assert.Equal((program, RunOutcome.Interrupted), (program, (await run.Completion.Soon()).Outcome));
        }

        RandomAccess.Write(map, [2], 0);
        Assert.Equal("2", await worker.ValueAsync("1 + 1"));
    }

    [Fact]
    public async Task A_loop_that_interrupts_itself_at_the_2000th_turn_stops_before_the_2500th()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var result = await worker.EndsAsync($"""
            import os, time
            map = os.open('{worker.MapPath}', os.O_RDWR)
            for turn in range(2500):
                if turn == 2000: os.pwrite(map, bytes([2]), 0)
                time.sleep(0.0005)
            """);
        Assert.Equal(RunOutcome.Interrupted, result.Outcome);
        Assert.InRange(int.Parse((await worker.ValueAsync("turn"))!), 2000, 2499);
    }

    [Fact]
    public async Task Check_interrupt_does_nothing_without_a_buffer_and_with_0_and_raises_with_2()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        Assert.Null(await worker.ValueAsync("from procinterrupt import check_interrupt\nfor _ in range(1000): check_interrupt()"));
        var result = await worker.EndsAsync($"""
            import os
            map = os.open('{worker.MapPath}', os.O_RDWR)
            try:
                os.pwrite(map, bytes([2]), 0)
                check_interrupt()
                raised = False
            except KeyboardInterrupt: raised = True
            """);
        Assert.Equal(RunOutcome.Succeeded, result.Outcome);
        Assert.Equal("(True, b'\\x00')", await worker.ValueAsync("(raised, os.pread(map, 1, 0))"));
        await worker.SetInterruptBufferAsync(null);
        Assert.Null(await worker.ValueAsync("check_interrupt()"));
        using var buffer = InterruptBuffer.Create();
        await worker.SetInterruptBufferAsync(buffer);
        var run = await worker.GoAsync("print('go')\nwhile True: pass");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task A_sleep_of_the_module_is_interrupted()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var run = await worker.GoAsync("import procinterrupt\nprint('go')\nprocinterrupt.sleep(60)");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task Alarms_ring_through_the_table()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        var result = await worker.EndsAsync("import signal, time\ndef ring(s, f): raise TimeoutError(s)\nsignal.signal(signal.SIGALRM, ring)\nsignal.setitimer(signal.ITIMER_REAL, 0.02)\ntime.sleep(60)");
        Assert.Equal(("TimeoutError", "14"), (result.Error?.Type, result.Error?.Message));
        Assert.Equal("True", await worker.ValueAsync("rings = []\nsignal.signal(14, lambda *a: rings.append(1))\nold = signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)\nwhile len(rings) < 3: pass\nsignal.alarm(0) <= 1"));
        await worker.ResetAsync().Soon();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_handler_of_the_asyncio_loop_is_called_and_the_loop_goes_on(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync().Soon();
        foreach (var signal in new[] { Signal.User1, Signal.Interrupt })
        {
            var run = await worker.GoAsync($"""
                import asyncio
                async def main():
                    event = asyncio.Event()
                    asyncio.get_running_loop().add_signal_handler({(int)signal}, event.set)
                    print('go')
                    await event.wait()
                    return 'heard'
                asyncio.run(main())
                """);
            Assert.Equal((signal, ReceiptStatus.Handled), (signal, (await run.InterruptAsync(signal).Soon()).Status));
            Assert.Equal((signal, "'heard'"), (signal, (await run.Completion.Soon()).Value?.Text));
        }

        await worker.ResetAsync().Soon();
    }

    [Fact]
    public async Task Code_can_signal_itself()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ResetAsync().Soon();
        Assert.Equal("[10, 10, 2]", await worker.ValueAsync("""
            import os, signal, threading, time, _thread
            got = []
            signal.signal(10, lambda s, f: got.append(s))
            signal.raise_signal(10)
            os.kill(os.getpid(), 10)
            threading.Timer(0.01, _thread.interrupt_main).start()
            try: time.sleep(60)
            except KeyboardInterrupt: got.append(2)
            got
            """));
        await worker.ResetAsync().Soon();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task An_interrupt_at_a_random_moment_acts_on_its_own_run_or_on_nothing(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        var seed = Random.Shared.Next();
        output.WriteLine($"{library}: seed {seed}");
        var random = new Random(seed);
        await worker.ValueAsync("kept = 41\ndef work(n):\n    for i in range(n): pass");
        // Ten thousand in all.
        var times = (10_000 + PythonLibraries.All.Count - 1) / PythonLibraries.All.Count;
        var statuses = new Dictionary<ReceiptStatus, int>();
        for (var time = 0; time < times; time++)
        {
            var run = worker.Run("python", $"work({random.Next(4000)})\n'done'");
            if (random.Next(2) == 0)
            {
                await Task.Yield();
                Thread.SpinWait(random.Next(20_000));
            }

            var receipt = run.InterruptAsync();
            var innocent = worker.Run("python", "kept + 1");
            var result = await run.Completion.Soon();
            var status = (await receipt.Soon()).Status;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            Assert.Equal((time, result.Outcome == RunOutcome.Interrupted), (time, status is ReceiptStatus.Interrupted or ReceiptStatus.NeverStarted));
            var next = await innocent.Completion.Soon();
            Assert.Equal((time, RunOutcome.Succeeded, "42"), (time, next.Outcome, next.Value?.Text));
        }

        output.WriteLine(string.Join(", ", statuses));
        Assert.DoesNotContain(ReceiptStatus.Handled, statuses.Keys);
    }
}
