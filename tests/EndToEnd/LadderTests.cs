using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>For each rung programs that need exactly that rung, with the receipt.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class LadderTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const string Native = """
        static class Native
        {
            [System.Runtime.InteropServices.DllImport("libc")] public static extern int pipe(int[] ends);
            [System.Runtime.InteropServices.DllImport("libc")] public static extern nint read(int descriptor, byte[] buffer, nint count);
            [System.Runtime.InteropServices.DllImport("libc")] public static extern int kill(int process, int signal);
        }
        """;

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    /// <summary>The session is to be kept: never above insist.</summary>
    private static readonly StopPolicy Keeping = new() { SignalGrace = Short, HighestRung = InterruptRung.Insist };

    /// <summary>Up to terminate, and not in a hurry to kill.</summary>
    private static readonly StopPolicy Terminating = new() { SignalGrace = Short, InsistGrace = Short, TerminateGrace = Expect.Bound };

    private Worker Worker => fixture.Worker;

    [Theory]
    [InlineData("csharp", "Console.Write(\"go\"); while (true) { }")]
    [InlineData("python", "print('go')\nwhile True: pass")]
    public async Task Signal_ends_a_loop(string engine, string code)
    {
        await StopAsync(engine, code, new StopPolicy { SignalGrace = Expect.Bound }, InterruptRung.Signal);
    }

    [Theory]
    [InlineData("csharp", "try { while (true) { } } finally { while (true) { } }")]
    [InlineData("csharp", "bool Never() { while (true) { } } try { throw new Exception(); } catch when (Never()) { }")]
    [InlineData("csharp", "static class Poisoned { public static int X; static Poisoned() { while (true) { } } } Poisoned.X = 1;")]
    [InlineData("csharp", "class Held : IDisposable { public void Dispose() { while (true) { } } } { using var held = new Held(); while (true) { } }")]
    [InlineData("csharp", "while (true) { try { while (true) { } } catch (KeyboardInterruptException) { } }")]
    [InlineData("csharp", "Interrupt.Handle(Signal.Interrupt, _ => { }); while (true) { }")]
    [InlineData("csharp", "try { while (true) { } } finally { Thread.Sleep(Timeout.Infinite); }")]
    [InlineData("csharp", "try { await Task.Delay(-1); } finally { await Task.Delay(-1); }")]
    [InlineData("python", "def spin():\n    while True: pass\nwhile True:\n    try: spin()\n    except BaseException: pass")]
    [InlineData("python", "try:\n    while True: pass\nfinally:\n    while True: pass")]
    [InlineData("python", "import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass")]
    public async Task Insist_ends_what_withstands_the_signal_and_the_session_lives(string engine, string code)
    {
        var go = engine == "csharp" ? "Console.Write(\"go\");" : "print('go')\n";
        var receipt = await StopAsync(engine, go + code, Keeping, InterruptRung.Insist);
        Assert.True(receipt.Rungs[1].Micros >= Short.TotalMicroseconds, $"{receipt.Rungs[1].Micros} us is less than the grace.");
        await Worker.ResetAsync(engine).Soon();
    }

    [Theory]
    [InlineData("csharp", Native + "var ends = new int[2]; Native.pipe(ends); Console.Write(\"go\"); Native.read(ends[0], new byte[1], 1);")]
    [InlineData("csharp", "Console.Write(\"go\"); System.Text.RegularExpressions.Regex.IsMatch(new string('a', 60) + \"b\", \"^(a+)+$\");")]
    [InlineData("python", "print('go')\nsum(range(10**12))")]
    public async Task Terminate_ends_what_does_not_poll_and_what_was_printed_arrives(string engine, string code)
    {
        await using var worker = await Worker.StartAsync();
        var run = worker.Run(engine, code);
        var queued = worker.Run(engine, "1");
        var printed = new TaskCompletionSource();
        var all = ReadAsync(run, printed);
        await printed.Task.Soon();
        var receipt = await run.StopAsync(Terminating, "t").Soon();
        AssertReceipt(receipt, ReceiptStatus.Terminated, InterruptRung.Terminate, "t");
        Assert.Equal(RunOutcome.Terminated, (await run.Completion.Soon()).Outcome);
        Assert.Equal("go", (await all.Soon()).Trim());
        Assert.Equal(RunOutcome.WorkerLost, (await queued.Completion.Soon()).Outcome);
        var exit = await worker.Exited.Soon();
        Assert.Equal(75, exit.ExitCode);
        Assert.Contains("told to end, because its run did not stop in time", exit.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_printed_just_before_arrives_though_nobody_reads()
    {
        await using var worker = await Worker.StartAsync();

        var done = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        const int lines = 1500;

        // More than there is credit for.
        var run = worker.Run("csharp", Native + $$"""
            var ends = new int[2]; Native.pipe(ends);
            for (var i = 0; i < {{lines}}; i++) Console.WriteLine(new string('x', 999));
            Console.Write("last");
            File.WriteAllText("{{done}}", "");
            Native.read(ends[0], new byte[1], 1);
            """, new RunOptions { WaitForReader = true });
        using var limit = new CancellationTokenSource(Expect.Bound);
        while (!File.Exists(done))
        {
            await Task.Delay(20, limit.Token);
        }

        File.Delete(done);
        var receipt = await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.Zero, TerminateGrace = Expect.Bound }).Soon();
        AssertReceipt(receipt, ReceiptStatus.Terminated, InterruptRung.Terminate, null);
        Assert.Equal([new RungTime(InterruptRung.Terminate, 0)], receipt.Rungs);
        var text = "";
        await foreach (var e in run.Events)
        {
            text += (e as OutputEvent)?.Text;
        }

        Assert.Equal((lines * 1000) + 4, text.Length);
        Assert.EndsWith("last", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_ends_a_process_that_is_stopped()
    {
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", Native + "Interrupt.Handle(Signal.Interrupt, _ => Native.kill(Environment.ProcessId, 19)); Console.Write(\"go\"); while (true) { }");
        await run.PrintedAsync("go");
        var receipt = await run.StopAsync(new StopPolicy { SignalGrace = Short, InsistGrace = Short, TerminateGrace = Short }).Soon();
        AssertReceipt(receipt, ReceiptStatus.Killed, InterruptRung.Kill, null);
        Assert.Equal(RunOutcome.Killed, (await run.Completion.Soon()).Outcome);
        Assert.Equal(9, (await worker.Exited.Soon()).KilledBySignal);
    }

    [Fact]
    public async Task A_policy_that_never_kills_waits_for_ever()
    {
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", Native + "var ends = new int[2]; Native.pipe(ends); Console.Write(\"go\"); Native.read(ends[0], new byte[1], 1);");
        await run.PrintedAsync("go");
        var stop = run.StopAsync(new StopPolicy { SignalGrace = Short, HighestRung = InterruptRung.Insist });
        await Task.WhenAny(stop, Task.Delay(500));
        Assert.False(stop.IsCompleted);
        Assert.True(worker.IsAlive);

        // Somebody else's policy does.
        var other = await run.StopAsync(StopPolicy.AtOnce).Soon();
        AssertReceipt(other, ReceiptStatus.Killed, InterruptRung.Kill, null);
        var receipt = await stop.Soon();
        AssertReceipt(receipt, ReceiptStatus.Killed, InterruptRung.Kill, null);
        Assert.Equal([InterruptRung.Signal, InterruptRung.Insist, InterruptRung.Kill], receipt.Rungs.Select(static rung => rung.Rung));
    }

    [Fact]
    public async Task After_terminate_a_replacement_takes_over_with_the_state_that_its_start_up_run_made()
    {
        await using var worker = await Worker.StartAsync(new WorkerOptions { Restart = new RestartPolicy { StartUp = new StartUpRun("csharp", "var kept = 41;") } });
        var run = worker.Run("csharp", Native + "var ends = new int[2]; Native.pipe(ends); Console.Write(\"go\"); Native.read(ends[0], new byte[1], 1);");
        var queued = worker.Run("csharp", "kept + 1");
        await run.PrintedAsync("go");
        var receipt = await run.StopAsync(Terminating).Soon();
        AssertReceipt(receipt, ReceiptStatus.Terminated, InterruptRung.Terminate, null);
        Assert.Equal("42", (await queued.Completion.Soon()).Value?.Text);
        Assert.Equal(2, worker.Generation);
        var loop = worker.Run("csharp", "Console.Write(\"go\"); while (true) { }");
        await loop.PrintedAsync("go");
        AssertReceipt(await loop.InterruptAsync().Soon(), ReceiptStatus.Interrupted, InterruptRung.Signal, null);
        Assert.Equal("42", (await worker.RunAsync("csharp", "kept + 1").Soon()).Value?.Text);
    }

    private static void AssertReceipt(InterruptReceipt receipt, ReceiptStatus status, InterruptRung rung, string? id)
    {
        Assert.Equal((status, rung, rung <= InterruptRung.Insist, id), (receipt.Status, receipt.Rung, receipt.StatePreserved, receipt.Id));
        Assert.Equal(rung, receipt.Rungs[^1].Rung);
        Assert.Equal(0, receipt.Rungs[0].Micros);
        Assert.Equal(receipt.Rungs.OrderBy(static begun => (begun.Rung, begun.Micros)), receipt.Rungs);
        Assert.True(receipt.ReportedMicros >= receipt.Rungs[^1].Micros);
    }

    private static async Task<string> ReadAsync(Run run, TaskCompletionSource printed)
    {
        var text = "";
        await foreach (var e in run.Events)
        {
            text += (e as OutputEvent)?.Text;
            if (text.Contains("go", StringComparison.Ordinal))
            {
                printed.TrySetResult();
            }
        }

        return text;
    }

    /// <summary>Stops a program in the shared worker, which must have kept its session.</summary>
    private async Task<InterruptReceipt> StopAsync(string engine, string code, StopPolicy policy, InterruptRung rung)
    {
        await Worker.RunAsync(engine, engine == "csharp" ? "var kept = 41;" : "kept = 41").Soon();
        var run = Worker.Run(engine, code);
        await run.PrintedAsync("go");
        var receipt = await run.StopAsync(policy, "s").Soon();
        AssertReceipt(receipt, ReceiptStatus.Interrupted, rung, "s");
        var result = await run.Completion.Soon();
        Assert.Equal((RunOutcome.Interrupted, InterruptReason.User), (result.Outcome, result.Reason));
        Assert.Equal("42", (await Worker.RunAsync(engine, "kept + 1").Soon()).Value?.Text);
        return receipt;
    }
}
