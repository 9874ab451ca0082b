using ProcInterrupt.Tests.EndToEnd.Python;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>A shield holds the first rung off for a bounded time, in both engines; the receipt says so.</summary>
/// <remarks>In the programs, FILE exists from when the test lets the shielded code go on. They print "go" in their shield.</remarks>
[Collection(EndToEndCollection.Name)]
public sealed class ShieldTests(PythonFixture fixture) : IClassFixture<PythonFixture>, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
    private int programs;

    private string Sign => Path.Combine(folder.FullName, $"go-on-{programs}");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { GO while (!File.Exists(FILE)) ; done = 1; } done = 2;")]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { GO while (!File.Exists(FILE)) Thread.Sleep(5); done = 1; } done = 2;")]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { GO while (!File.Exists(FILE)) Interrupt.Sleep(TimeSpan.FromMilliseconds(5)); done = 1; } done = 2;")]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { GO while (!File.Exists(FILE)) await Task.Delay(5); done = 1; } done = 2;")]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { using (Interrupt.Shield(MINUTE)) { GO } while (!File.Exists(FILE)) ; done = 1; } done = 2;")]
    [InlineData("csharp", "async Task Work() { using (Interrupt.Shield(MINUTE)) { await Task.Yield(); GO while (!File.Exists(FILE)) await Task.Delay(5); done = 1; } done = 2; } await Work(); done = 3;")]
    [InlineData("csharp", "var t = new Thread(() => { using (Interrupt.Shield(MINUTE)) { GO while (!File.Exists(FILE)) Thread.Sleep(5); done = 1; } }); t.Start(); while (true) ;")]
    [InlineData("csharp", "var s = Interrupt.Shield(MINUTE); GO while (!File.Exists(FILE)) ; done = 1; s.Dispose(); done = 2;")]
    [InlineData("python", "with shield(60):\n  GO\n  while not exists(FILE): pass\n  done = 1\ndone = 2")]
    [InlineData("python", "with shield(60):\n  GO\n  while not exists(FILE): time.sleep(0.005)\n  done = 1\ndone = 2")]
    [InlineData("python", "with shield(60):\n  with shield(60): GO\n  while not exists(FILE): pass\n  done = 1\ndone = 2")]
    [InlineData("python", "async def main():\n  global done\n  with shield(60):\n    GO\n    while not exists(FILE): await asyncio.sleep(0.005)\n    done = 1\n  done = 2\nasyncio.run(main())")]
    [InlineData("python", "def work():\n  global done\n  with shield(60):\n    GO\n    while not exists(FILE): time.sleep(0.005)\n    done = 1\nthreading.Thread(target=work).start()\nwhile True: pass")]
    public async Task What_is_asked_in_a_shield_comes_at_its_end(string engine, string program)
    {
        var (worker, run) = await GoAsync(engine, program);
        var receipt = run.InterruptAsync();
        await Task.Delay(50);
        Assert.False(receipt.IsCompleted);
        await GoOnAsync();
        Assert.Equal((ReceiptStatus.Interrupted, InterruptRung.Signal, true), Facts(await receipt.Soon()));
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        Assert.Single((await run.Completion).Receipts);
        Assert.Equal("1", await ValueAsync(worker, engine, "done"));

        // The next run is not shielded.
        var next = worker.Run(engine, engine == "csharp" ? "Console.Write(\"go\"); while (true) ;" : "print('go')\nwhile True: pass");
        await next.PrintedAsync("go");
        Assert.Equal((ReceiptStatus.Interrupted, InterruptRung.Signal, false), Facts(await next.InterruptAsync().Soon()));
    }

    [Theory]
    [InlineData("csharp", "using (Interrupt.Shield()) { GO while (true) ; }")]
    [InlineData("csharp", "using (Interrupt.Shield()) { GO Thread.Sleep(60000); }")]
    [InlineData("csharp", "using (Interrupt.Shield()) { GO await Task.Delay(60000); }")]
    [InlineData("csharp", "using (Interrupt.Shield()) { GO while (true) using (Interrupt.Shield(MINUTE)) Thread.Sleep(1); }")]
    [InlineData("python", "with shield():\n  GO\n  while True: pass")]
    [InlineData("python", "with shield():\n  GO\n  time.sleep(60)")]
    [InlineData("python", "async def main():\n  with shield():\n    GO\n    await asyncio.sleep(60)\nasyncio.run(main())")]
    [InlineData("python", "with shield():\n  GO\n  input()")]
    public async Task When_the_time_is_up_it_comes_also_where_the_code_waits(string engine, string program)
    {
        var (_, run) = await GoAsync(engine, program);
        Assert.Equal((ReceiptStatus.Interrupted, InterruptRung.Signal, true), Facts(await run.InterruptAsync().Soon()));
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
    }

    [Theory]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { GO while (true) ; }")]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { GO Thread.Sleep(60000); }")]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { GO await Task.Delay(60000); }")]
    [InlineData("python", "with shield(60):\n  GO\n  while True: pass")]
    [InlineData("python", "with shield(60):\n  GO\n  time.sleep(60)")]
    public async Task Insist_goes_through(string engine, string program)
    {
        var (_, run) = await GoAsync(engine, program);
        Assert.False((await run.DiagnoseAsync().Soon()).IsInterruptible);
        var stop = new StopPolicy { SignalGrace = TimeSpan.FromMilliseconds(100), InsistGrace = Expect.Bound, HighestRung = InterruptRung.Insist };
        Assert.Equal((ReceiptStatus.Interrupted, InterruptRung.Insist, true), Facts(await run.StopAsync(stop).Soon()));
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
    }

    [Theory]
    [InlineData("csharp", "var hits = 0; var before = Interrupt.Handle(Signal.User1, s => hits++); int inside; using (Interrupt.Shield(MINUTE)) { GO while (!File.Exists(FILE)) ; inside = hits; } while (hits == 0) ; done = inside; Interrupt.Handle(Signal.User1, null);")]
    [InlineData("python", "import signal\nhits = []\nsignal.signal(10, lambda s, f: hits.append(s))\nwith shield(60):\n  GO\n  while not exists(FILE): pass\n  inside = len(hits)\nwhile not hits: pass\ndone = inside")]
    public async Task A_handler_is_called_when_the_shield_ends(string engine, string program)
    {
        var (worker, run) = await GoAsync(engine, program);
        var receipt = run.InterruptAsync(Signal.User1);
        await GoOnAsync();
        Assert.Equal((ReceiptStatus.Handled, InterruptRung.Signal, true), Facts(await receipt.Soon()));
        Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
        Assert.Equal("0", await ValueAsync(worker, engine, "done"));
    }

    [Theory]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { GO while (!File.Exists(FILE)) Thread.Sleep(5); done = 1; } done = 2;")]
    [InlineData("python", "with shield(60):\n  GO\n  while not exists(FILE): time.sleep(0.005)\n  done = 1\ndone = 2")]
    public async Task A_deadline_is_held_off_too(string engine, string program)
    {
        var (worker, run) = await GoAsync(engine, program, new RunOptions { Deadline = TimeSpan.FromMilliseconds(500) });
        await Task.Delay(600);
        Assert.False(run.Completion.IsCompleted);
        await GoOnAsync();
        var result = await run.Completion.Soon();
        Assert.Equal((RunOutcome.Interrupted, InterruptReason.Deadline), (result.Outcome, result.Reason));
        Assert.Equal("1", await ValueAsync(worker, engine, "done"));
    }

    [Theory]
    [InlineData("csharp", "using (Interrupt.Shield(MINUTE)) { GO while (!File.Exists(FILE)) ; Environment.Exit(3); }", 3)]
    [InlineData("csharp", "var s = Interrupt.Shield(MINUTE); GO while (!File.Exists(FILE)) ;", null)]
    [InlineData("python", "s = shield(60).__enter__()\nGO\nwhile not exists(FILE): pass", null)]
    public async Task A_run_that_ends_in_its_shield_was_quicker_and_there_is_one_receipt(string engine, string program, int? exitCode)
    {
        var (worker, run) = await GoAsync(engine, program);
        var receipt = run.InterruptAsync();
        await GoOnAsync();
        Assert.Equal((ReceiptStatus.TooLate, InterruptRung.Signal, true), Facts(await receipt.Soon()));
        var result = await run.Completion.Soon();
        Assert.Equal((RunOutcome.Succeeded, exitCode), (result.Outcome, result.ExitCode));
        var next = worker.Run(engine, engine == "csharp" ? "Console.Write(\"go\"); while (true) ;" : "print('go')\nwhile True: pass");
        await next.PrintedAsync("go");
        Assert.Equal((ReceiptStatus.Interrupted, InterruptRung.Signal, false), Facts(await next.InterruptAsync().Soon()));
    }

    [Fact]
    public async Task Bounds_are_checked()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        foreach (var seconds in new[] { "0", "-1", "60.1", "float('nan')" })
        {
            Assert.Equal((seconds, "ValueError"), (seconds, (await worker.EndsAsync($"import procinterrupt\nprocinterrupt.shield({seconds})")).Error?.Type));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Interrupt.Shield(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => Interrupt.Shield(TimeSpan.FromSeconds(60.1)));
    }

    private static (ReceiptStatus Status, InterruptRung Rung, bool Deferred) Facts(InterruptReceipt receipt) => (receipt.Status, receipt.Rung, receipt.Deferred);

    private static async Task<string?> ValueAsync(Worker worker, string engine, string code) => (await worker.Run(engine, code).Completion.Soon()).Value?.Text;

    private Task GoOnAsync() => File.WriteAllTextAsync(Sign, "");

    private async Task<(Worker Worker, Run Run)> GoAsync(string engine, string program, RunOptions? options = null)
    {
        programs++;
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var file = System.Text.Json.JsonSerializer.Serialize(Sign);
        var csharp = engine == "csharp";
        await worker.Run(engine, csharp ? "var done = 0;" : "done = 0\nimport asyncio, threading, time\nfrom os.path import exists\nfrom procinterrupt import shield").Completion.Soon();
        var code = program.Replace("GO", csharp ? "Console.Write(\"go\");" : "print('go')").Replace("MINUTE", "TimeSpan.FromSeconds(60)").Replace("FILE", file);
        var run = worker.Run(engine, code, options);
        await run.PrintedAsync("go");
        return (worker, run);
    }
}
