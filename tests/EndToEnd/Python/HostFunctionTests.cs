using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>C# functions offered to Python, also when they call Python back.</summary>
public sealed class HostFunctionTests(HostFunctionFixture fixture) : IClassFixture<HostFunctionFixture>
{
    public static TheoryData<string> Libraries => PythonLibraries.Data;

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Arguments_and_results_cross_and_mistakes_are_TypeErrors(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ValueAsync("from procinterrupt.host import *\nimport procinterrupt");
        (string Code, string Value)[] cases =
        [
            ("add(2, 3)", "5"), ("add(2)", "7"), ("add(right=1, left=2)", "3"), ("echo(None) is None", "True"), ("echo(True)", "True"), ("echo('\\0\u00e9')", "'\\x00\u00e9'"),
            ("echo(b'\\xff')", "b'\\xff'"), ("echo([1, 'a', [2.5]])", "[1, 'a', [2.5]]"), ("echo({'a': (1, 2)})", "{'a': [1, 2]}"), ("total([1.5, 2.5])", "4.0"),
            ("doubled({'a': [1, 2]})", "{'a': [2, 4]}"), ("twice(lambda x: x + 'b', 'a')", "'abb'"), ("apply(lambda a, b: a * b, 6, 7)", "42"), ("seconds(0.25)", "250.0"),
            ("later(0.001)", "42"), ("procinterrupt.host.add(1, 1)", "2"), ("call(lambda: None)", "'returned'"),
        ];
        foreach (var (code, value) in cases)
        {
            Assert.Equal((code, value), (code, await worker.ValueAsync(code)));
        }

        foreach (var (code, message) in new[]
        {
            ("add('a')", "add() argument 'left': str where System.Int32 is due"), ("add()", "add() misses its argument 'left'"), ("add(1, 2, 3)", "add() takes 2 arguments, and 3 were given"),
            ("add(1, wrong=2)", "add() has no argument 'wrong' left"), ("add(2 ** 40)", "add() argument 'left': Value was either too large or too small for an Int32."), ("twice(1, 2)", "int where"),
        })
        {
            var error = (await worker.EndsAsync(code)).Error!;
            Assert.Equal((code, "TypeError"), (code, error.Type));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }

        var failure = (await worker.EndsAsync("fail()")).Error!;
        Assert.Equal(("RuntimeError", "bad form"), (failure.Type, failure.Message));
        Assert.Equal(("KeyError", "'k'"), await ErrorAsync(worker, "def f(): raise KeyError('k')\ncall(f)"));
        Assert.Equal(("KeyError", "'k'"), await ErrorAsync(worker, "call_on_another_thread(f)"));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_function_that_blocks_is_interrupted_and_except_Exception_does_not_catch_it(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ValueAsync("from procinterrupt.host import *\nkept = 41");
        foreach (var call in new[] { "spin()", "sleep(60)", "wait_for_token()", "later(60)", "nap()", "loop()", "take_lock()", "swallow()", "delayed()", "clean_up()" })
        {
            for (var time = 0; time < 10; time++)
            {
                var run = await worker.GoAsync($"print('go')\ntry: {call}\nexcept Exception: kept = 0");
                Assert.Equal((call, ReceiptStatus.Interrupted), (call, (await run.InterruptAsync().Soon()).Status));
                Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
                Assert.Equal((call, "42"), (call, await worker.ValueAsync("kept + 1")));
            }

            var caught = await worker.GoAsync($"try:\n    print('go')\n    {call}\nexcept KeyboardInterrupt: pass\n{call}");
            Assert.Equal((call, ReceiptStatus.Handled), (call, (await caught.InterruptAsync().Soon()).Status));
            Assert.Equal((call, ReceiptStatus.Interrupted), (call, (await caught.InterruptAsync().Soon()).Status));
        }
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task An_interrupt_in_a_callback_passes_through_the_function_as_the_same_object(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ValueAsync("from procinterrupt.host import *");
        for (var time = 0; time < 10; time++)
        {
            var run = await worker.GoAsync("""
                seen, outcome = [], None
                def callback():
                    try:
                        print('go')
                        while True: pass
                    except KeyboardInterrupt as e:
                        seen.append(e)
                        raise
                before = cleaned()
                try: outcome = call(callback)
                except Exception as e: outcome = e
                except KeyboardInterrupt as e:
                    outcome = (type(e) is KeyboardInterrupt, len(seen), e is seen[0], cleaned() - before)
                    raise
                """);
            Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
            Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
            Assert.Equal("(True, 1, True, 1)", await worker.ValueAsync("outcome"));
        }
    }

    [Fact]
    public async Task A_blocked_function_is_woven_so_that_it_raises_once_cleans_up_and_exits_as_a_run_does()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ValueAsync("from procinterrupt.host import *\nimport time");
        for (var time = 0; time < 20; time++)
        {
            var run = await worker.GoAsync("seen = []\nbefore = cleaned()\nprint('go')\ntry: clean_up()\nexcept BaseException as e: seen.append(type(e).__name__)\nfor _ in range(1000): pass\ntime.sleep(0.002)\n(seen, cleaned() - before)");
            Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
            Assert.Equal((time, "(['KeyboardInterrupt'], 1)"), (time, (await run.Completion.Soon()).Value?.Text));
        }

        var left = await worker.EndsAsync("leave(7)");
        Assert.Equal((RunOutcome.Succeeded, 7), (left.Outcome, left.ExitCode));
        Assert.Equal("5", await worker.ValueAsync("try: leave(5)\nexcept SystemExit as e: code = e.code\ncode"));
        var handled = await worker.GoAsync("import signal\nhits = []\nsignal.signal(10, lambda s, f: hits.append(s))\nprint('go')\nnap()");
        Assert.Equal(ReceiptStatus.Handled, (await handled.InterruptAsync(Signal.User1).Soon()).Status);
        Assert.Equal(ReceiptStatus.Interrupted, (await handled.InterruptAsync().Soon()).Status);
        Assert.Equal("[10]", await worker.ValueAsync("hits"));
    }

    [Fact]
    public async Task A_handler_runs_while_a_function_blocks_and_the_function_goes_on()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var run = await worker.GoAsync("import signal\nfrom procinterrupt.host import *\nhits = []\nsignal.signal(10, lambda s, f: hits.append(s))\nprint('go')\nsleep(60)");
        Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync(Signal.User1).Soon()).Status);
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal("[10]", await worker.ValueAsync("hits"));
    }

    [Fact]
    public async Task An_insist_ends_the_clean_up_without_end_that_a_function_left_behind()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var run = await worker.GoAsync("from procinterrupt.host import *\nkept = 42\nlinger()\nprint('go')\nwhile True: pass");
        var receipt = await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.FromMilliseconds(50), InsistGrace = Expect.Bound, HighestRung = InterruptRung.Insist }).Soon();
        Assert.Equal((ReceiptStatus.Interrupted, InterruptRung.Insist), (receipt.Status, receipt.Rung));
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        Assert.Equal("42", await worker.ValueAsync("kept"));
    }

    [Fact]
    public async Task An_assembly_that_cannot_be_used_is_told()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Worker.StartAsync(new WorkerOptions { HostAssemblies = [Path.Combine(fixture.Folder, "nothing.dll")] }));
        var text = Path.Combine(fixture.Folder, "text.dll");
        await File.WriteAllTextAsync(text, "no assembly");
        await using var broken = await Worker.StartAsync(new WorkerOptions { HostAssemblies = [text] });
        Assert.Contains("text.dll cannot be loaded", broken.Engines.Single(engine => engine.Name == "python").Unavailable, StringComparison.Ordinal);
        await using var twice = await Worker.StartAsync(new WorkerOptions { HostAssemblies = [fixture.Assembly, fixture.Assembly] });
        Assert.Contains("Two host functions are called add", twice.Engines.Single(engine => engine.Name == "python").Unavailable, StringComparison.Ordinal);
    }

    private static async Task<(string? Type, string? Message)> ErrorAsync(Worker worker, string code)
    {
        var error = (await worker.EndsAsync(code)).Error;
        return (error?.Type, error?.Message);
    }
}
