using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>Python's signal module and asyncio's use of it.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PythonSignalTests(PythonFixture fixture) : IClassFixture<PythonFixture>
{
    public static TheoryData<string> Libraries => PythonLibraries.Data;

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_signal_to_a_thread_of_the_worker_goes_to_the_handler(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync("python").Soon();
        Assert.Equal("[10, 2, 10]", await worker.ValueAsync("""
            import signal, threading, time
            got = []
            signal.signal(10, lambda s, f: got.append(s))
            signal.pthread_kill(threading.get_ident(), 10)
            try: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            except KeyboardInterrupt: got.append(2)
            main = threading.get_ident()
            threading.Thread(target=lambda: signal.pthread_kill(main, 10)).start()
            end = time.monotonic() + 20
            while len(got) < 3 and time.monotonic() < end: pass
            signal.pthread_kill(main, 0)
            got
            """));
        await worker.ResetAsync("python").Soon();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task No_handler_of_the_code_changes_what_the_process_does_with_a_signal(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        Assert.Equal("(True, 0)", await worker.ValueAsync("""
            import signal
            def state(): return [line for line in open('/proc/self/status') if line.startswith(('SigCgt', 'SigIgn', 'SigBlk'))]
            before = state()
            failed = 0
            for number in range(1, 65):
                if number in (9, 19, 32, 33): continue
                for handler in (lambda s, f: None, signal.SIG_IGN, signal.SIG_DFL):
                    try: signal.signal(number, handler)
                    except (OSError, ValueError): failed += number not in (34, 61, 62)
            (state() == before, failed)
            """));
        await worker.ResetAsync("python").Soon();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task The_symbols_of_python_are_there_for_what_is_loaded_later(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        Assert.Equal("True", await worker.ValueAsync("""
            import ctypes, sys
            ctypes.pythonapi.Py_GetVersion.restype = ctypes.c_char_p
            ctypes.pythonapi.Py_GetVersion().decode() == sys.version
            """));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task The_wakeup_descriptor_hears_of_handlers_and_of_interrupts(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync("python").Soon();
        var run = worker.Run("python", """
            import signal, socket
            a, b = socket.socketpair()
            a.setblocking(False)
            signal.set_wakeup_fd(a.fileno())
            seen = []
            signal.signal(10, lambda s, f: seen.append(s))
            print('go')
            while not seen: pass
            try:
                print('go')
                while True: pass
            except KeyboardInterrupt: pass
            b.settimeout(20)
            (b.recv(1), b.recv(1), signal.set_wakeup_fd(-1) == a.fileno())
            """);
        await using var events = run.Events.GetAsyncEnumerator();
        await run.PrintedAsync(events, "go");
        Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync(Signal.User1).Soon()).Status);
        await run.PrintedAsync(events, "go");
        Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal("(b'\\n', b'\\x02', True)", (await run.Completion.Soon()).Value?.Text);
        await worker.ResetAsync("python").Soon();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_task_that_swallows_its_cancellation_has_handled_the_interrupt(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        await worker.ResetAsync("python").Soon();
        var minor = int.Parse((await worker.ValueAsync("import sys\nsys.version_info[1]"))!);
        var run = await worker.GoAsync("""
            import asyncio
            async def main():
                print('go')
                try: await asyncio.sleep(60)
                except asyncio.CancelledError: return 'swallowed'
            asyncio.run(main())
            """);
        var status = (await run.InterruptAsync().Soon()).Status;
        var result = await run.Completion.Soon();

        // Before 3.11 asyncio leaves SIGINT alone, and KeyboardInterrupt comes out of its loop.
        Assert.Equal(minor >= 11 ? (ReceiptStatus.Handled, "'swallowed'") : (ReceiptStatus.Interrupted, null), (status, result.Value?.Text));
        await worker.ResetAsync("python").Soon();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Tasks_are_cancelled_and_their_finally_may_await(string library)
    {
        var worker = await fixture.WorkerAsync(library);
        foreach (var body in new[] { "await asyncio.gather(part(), part())", "await asyncio.wait([asyncio.ensure_future(part()), asyncio.ensure_future(part())])" })
        {
            var run = await worker.GoAsync($"""
                import asyncio
                cleaned = 0
                async def part():
                    global cleaned
                    try: await asyncio.sleep(60)
                    finally:
                        await asyncio.sleep(0.001)
                        cleaned += 1
                async def main():
                    asyncio.get_running_loop().call_later(0.01, print, 'go')
                    {body}
                asyncio.run(main())
                """);
            Assert.Equal((body, ReceiptStatus.Interrupted), (body, (await run.InterruptAsync().Soon()).Status));
            Assert.Equal((body, RunOutcome.Interrupted), (body, (await run.Completion.Soon()).Outcome));
            Assert.Equal((body, "2"), (body, await worker.ValueAsync("cleaned")));
        }
    }

    [Fact]
    public async Task A_signal_that_comes_while_the_code_is_compiled_goes_to_the_sessions_handler()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        await worker.ValueAsync("import signal, time\ncame = []\nkept = signal.signal(10, lambda s, f: came.append(s))");
        var code = string.Concat(Enumerable.Repeat("if came is None: came = [came]\n", 20_000));
        var run = worker.Run("python", code + "end = time.monotonic() + 60\nwhile not came and time.monotonic() < end: pass\nkept = signal.signal(10, kept)\ncame");
        await run.StartedAsync();
        var ignored = run.InterruptAsync(Signal.User2);
        var receipt = run.InterruptAsync(Signal.User1);
        Assert.Equal((ReceiptStatus.Handled, "[10]"), ((await receipt.Soon()).Status, (await run.Completion.Soon()).Value?.Text));
        Assert.Equal(ReceiptStatus.Handled, (await ignored.Soon()).Status);

        // What is not compiled does not come to it either.
        run = worker.Run("python", code + ")");
        await run.StartedAsync();
        Assert.Equal(ReceiptStatus.TooLate, (await run.InterruptAsync(Signal.User1).Soon()).Status);
        Assert.Equal(RunOutcome.Failed, (await run.Completion.Soon()).Outcome);
    }
}
