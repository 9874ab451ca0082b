using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Budgets;

/// <summary>The other budgets, in Python.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PythonBudgetTests
{
    [Fact]
    public async Task Each_budget_interrupts_python_with_its_reason()
    {
        var folder = Directory.CreateTempSubdirectory("pi-");
        try
        {
            await using var worker = await Worker.StartAsync(new WorkerOptions
            {
                WorkingDirectory = folder.FullName,
                Budgets = new WorkerBudgets { CpuTime = TimeSpan.FromSeconds(1.5), OutputBytes = 100_000, FileBytes = 1 << 20 },
            });
            await worker.RunAsync("python", "kept = 41").Soon();
            await EndsAsync("while True: pass", InterruptReason.Cpu);
            await EndsAsync("while True: print('x' * 100)", InterruptReason.Output);
            await EndsAsync("with open('a', 'wb') as f:\n    while True: f.write(bytes(1 << 16))", InterruptReason.FileSize);
            await EndsAsync("import os\nwhile True:\n    try: open('b', 'wb').write(bytes(1 << 21))\n    except OSError: pass", InterruptReason.FileSize);
            Assert.Equal("42", (await worker.RunAsync("python", "kept + 1").Soon()).Value?.Text);
            Assert.All(folder.GetFiles(), file => Assert.InRange(file.Length, 0, 1 << 20));

            Task EndsAsync(string code, InterruptReason reason) => BudgetTests.EndsAsync(worker, code, RunOutcome.Interrupted, reason, "python");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_blocked_run_is_interrupted_at_its_time()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { WallTime = TimeSpan.FromSeconds(1) });
        await BudgetTests.EndsAsync(worker, "import time\ntime.sleep(100)", RunOutcome.Interrupted, InterruptReason.WallTime, "python");
    }

    [Fact]
    public async Task Threads_that_do_not_end_with_their_run_end_the_worker()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { Threads = 150, Grace = TimeSpan.FromMilliseconds(500) });
        await BudgetTests.EndsAsync(
            worker,
            "import threading, time\nfor _ in range(10000): threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
            RunOutcome.Interrupted,
            InterruptReason.Threads,
            "python");
        Assert.Equal(InterruptReason.Threads, (await worker.Exited.Soon()).BudgetReason);
    }

    [Fact]
    public async Task C_code_that_checks_nothing_ends_the_worker()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { CpuTime = TimeSpan.FromSeconds(1), Grace = TimeSpan.FromMilliseconds(200) });
        await BudgetTests.EndsAsync(worker, "sum(range(10 ** 13))", RunOutcome.Terminated, InterruptReason.Cpu, "python");
    }
}
