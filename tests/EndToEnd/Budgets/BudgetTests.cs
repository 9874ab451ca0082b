using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Budgets;

/// <summary>Budgets that interrupt a run and leave its session.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class BudgetTests
{
    private const string Spin = "while (true) ;";

    /// <summary>Blocked, or busy and catching its interrupt: both are over their time.</summary>
    [Fact]
    public async Task A_run_that_takes_too_long_is_interrupted_and_the_session_lives()
    {
        await using var worker = await StartAsync(new WorkerBudgets { WallTime = TimeSpan.FromSeconds(2), Grace = TimeSpan.FromSeconds(2) });
        await KeepAsync(worker);
        await EndsAsync(worker, "Thread.Sleep(100_000);", RunOutcome.Interrupted, InterruptReason.WallTime);
        await EndsAsync(worker, "while (true) { try { while (true) ; } catch (KeyboardInterruptException) { } }", RunOutcome.Interrupted, InterruptReason.WallTime);
        Assert.Equal("42", (await worker.SucceedsAsync("kept + 1")).Value?.Text);
    }

    [Fact]
    public async Task Processor_time_counts_and_waiting_does_not()
    {
        await using var worker = await StartAsync(new WorkerBudgets { CpuTime = TimeSpan.FromSeconds(1.5) });
        await KeepAsync(worker);
        await worker.SucceedsAsync("Thread.Sleep(2000);");
        await EndsAsync(worker, Spin, RunOutcome.Interrupted, InterruptReason.Cpu);
        await EndsAsync(worker, "Parallel.For(0, 4, _ => { while (true) ; });", RunOutcome.Interrupted, InterruptReason.Cpu);
        Assert.Equal("42", (await worker.SucceedsAsync("kept + 1")).Value?.Text);
    }

    [Fact]
    public async Task Clean_up_without_an_end_is_ended_by_insisting()
    {
        await using var worker = await StartAsync(new WorkerBudgets { CpuTime = TimeSpan.FromSeconds(1.5), Grace = TimeSpan.FromSeconds(1) });
        await KeepAsync(worker);
        await EndsAsync(worker, "try { while (true) ; } finally { while (true) ; }", RunOutcome.Interrupted, InterruptReason.Cpu);
        Assert.Equal("42", (await worker.SucceedsAsync("kept + 1")).Value?.Text);
    }

    [Fact]
    public async Task A_run_that_does_not_stop_ends_the_worker_with_its_reason()
    {
        const string code = "System.Text.RegularExpressions.Regex.Match(new string('a', 60) + \"b\", \"^(a+)+$\");";
        await using var worker = await StartAsync(new WorkerBudgets { WallTime = TimeSpan.FromSeconds(1), Grace = TimeSpan.FromMilliseconds(200) });
        var result = await worker.Run("csharp", code).Completion.Soon();
        Assert.Equal((RunOutcome.Terminated, (InterruptReason?)InterruptReason.WallTime), (result.Outcome, result.Reason));
        Assert.Equal(InterruptReason.WallTime, (await worker.Exited.Soon()).BudgetReason);
    }

    /// <summary>A call that never comes back and lets no collection begin holds up every thread of the runtime, those that count among them.</summary>
    [Fact]
    public Task A_runtime_that_stands_still_is_ended_by_the_kernel_with_the_reason()
    {
        const string code = """
            using System.Runtime.InteropServices;
            static class Native
            {
                [DllImport("libc", EntryPoint = "pthread_spin_lock"), SuppressGCTransition] public static extern int Spin(IntPtr taken);
            }
            var taken = Marshal.AllocHGlobal(64);
            Marshal.WriteInt32(taken, 0);
            new Thread(() => { Thread.Sleep(100); GC.Collect(); }).Start();
            Native.Spin(taken);
            """;
        var (limit, grace) = (TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(200));
        return Task.WhenAll(
            StandsStillAsync(new WorkerBudgets { WallTime = limit, Grace = grace }, InterruptReason.WallTime),
            StandsStillAsync(new WorkerBudgets { CpuTime = limit, Grace = grace }, InterruptReason.Cpu));

        static async Task StandsStillAsync(WorkerBudgets budgets, InterruptReason reason)
        {
            await using var worker = await StartAsync(budgets);
            await worker.SucceedsAsync("1 + 1");
            var result = await worker.Run("csharp", code).Completion.Soon();
            Assert.Equal((RunOutcome.Killed, (InterruptReason?)reason), (result.Outcome, result.Reason));
            Assert.Equal(reason, (await worker.Exited.Soon()).BudgetReason);
        }
    }

    [Fact]
    public async Task Of_what_is_printed_exactly_the_budget_arrives()
    {
        const int budget = 1_000_000;
        await using var worker = await StartAsync(new WorkerBudgets { OutputBytes = budget });
        await worker.SucceedsAsync("var kept = 41;");
        string[] floods =
        [
            "var line = new string('x', 1000); for (long left = 10L << 30; left > 0; left -= 1000) Console.Write(line);",
            "Console.Write(new string('x', 3_000_000));",
            "Process.Start(\"sh\", [\"-c\", \"yes x | head -c 10000000000\"]).WaitForExit();",
        ];
        foreach (var flood in floods)
        {
            var run = worker.Run("csharp", flood, new RunOptions { WaitForReader = true });
            var bytes = 0;
            await foreach (var next in run.Events)
            {
                bytes += (next as OutputEvent)?.Text.Length ?? 0;
            }

            var result = await run.Completion.Soon();
            Assert.Equal((RunOutcome.Interrupted, (InterruptReason?)InterruptReason.Output), (result.Outcome, result.Reason));
            Assert.InRange(bytes, budget - 3, budget);
        }

        Assert.Equal("42", (await worker.SucceedsAsync("kept + 1")).Value?.Text);
    }

    [Fact]
    public async Task Ten_thousand_threads_end_at_the_budget()
    {
        const int budget = 150;
        await using var worker = await StartAsync(new WorkerBudgets { Threads = budget });
        await worker.SucceedsAsync("var kept = 41;");
        await EndsAsync(worker, "for (var i = 0; i < 10_000; i++) new Thread(() => Thread.Sleep(Timeout.Infinite)).Start();", RunOutcome.Interrupted, InterruptReason.Threads);
        Assert.InRange(Directory.GetDirectories($"/proc/{worker.ProcessId}/task").Length, 1, budget + 10);
        await EndsAsync(worker, "for (var i = 0; i < 10_000; i++) _ = Task.Factory.StartNew(() => Thread.Sleep(Timeout.Infinite), TaskCreationOptions.LongRunning);", RunOutcome.Interrupted, InterruptReason.Threads);
        Assert.Equal("42", (await worker.SucceedsAsync("kept + 1")).Value?.Text);
    }

    [Fact]
    public async Task A_file_of_ten_gigabytes_ends_at_the_budget()
    {
        const long budget = 1 << 20;
        var folder = Directory.CreateTempSubdirectory("pi-");
        try
        {
            await using var worker = await Worker.StartAsync(new WorkerOptions { Budgets = new WorkerBudgets { FileBytes = budget }, WorkingDirectory = folder.FullName });
            await worker.SucceedsAsync("var kept = 41; var piece = new byte[1 << 16];");
            await EndsAsync(worker, "var file = File.Create(\"a\"); for (long left = 10L << 30; left > 0; left -= piece.Length) file.Write(piece);", RunOutcome.Interrupted, InterruptReason.FileSize);
            await EndsAsync(worker, "while (true) { try { File.WriteAllBytes(\"b\", new byte[10 << 20]); } catch (Exception) { } }", RunOutcome.Interrupted, InterruptReason.FileSize);
            await EndsAsync(worker, "using (var sparse = File.Create(\"c\")) sparse.SetLength(10L << 30);", RunOutcome.Interrupted, InterruptReason.FileSize);
            await worker.SucceedsAsync("Process.Start(\"sh\", [\"-c\", \"yes > d\"]).WaitForExit();");
            Assert.All(folder.GetFiles(), file => Assert.InRange(file.Length, 0, budget));
            Assert.Equal("42", (await worker.SucceedsAsync("kept + 1")).Value?.Text);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static Task<Worker> StartAsync(WorkerBudgets budgets) => Worker.StartAsync(new WorkerOptions { Budgets = budgets });

    /// <summary>Keeps a number in the first run of a worker. Its compilation alone may be over a small budget; the next is quick.</summary>
    private static async Task KeepAsync(Worker worker)
    {
        RunResult kept;
        var tries = 0;
        do
        {
            kept = await worker.Run("csharp", "var kept = 41;").Completion.Soon();
        }
        while (kept.Outcome == RunOutcome.Interrupted && ++tries < 5);

        Assert.Equal(RunOutcome.Succeeded, kept.Outcome);
    }

    internal static async Task<RunResult> EndsAsync(Worker worker, string code, RunOutcome outcome, InterruptReason reason, string engine = "csharp")
    {
        var result = await worker.Run(engine, code).Completion.Soon();
        Assert.True(
            (result.Outcome, result.Reason) == (outcome, reason),
            $"{code}\n{result.Outcome} {result.Reason} {result.Error?.Type}: {result.Error?.Message}\n{result.Error?.Traceback}");
        return result;
    }
}
