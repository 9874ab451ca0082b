using ProcInterrupt.Tests.EndToEnd.Python;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Budgets;

/// <summary>Runs that use more memory than they may fail, and what earlier runs made is still there.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class MemoryBudgetTests
{
    private const long Budget = 200 << 20;

    [Fact]
    public async Task Csharp_that_fills_the_memory_fails_again_and_again_and_the_session_lives()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { MemoryBytes = Budget });
        await worker.SucceedsAsync("var kept = 41;");
        string[] programs =
        [
            "var l = new List<byte[]>(); while (true) l.Add(new byte[1 << 20]);",
            "var l = new List<byte[]>(); while (true) l.Add(new byte[1 << 20]);",
            "var l = new List<byte[]>(); while (true) l.Add(new byte[1 << 20]);",
            "var l = new List<byte[]>(); while (true) { try { l.Add(new byte[1 << 20]); } catch (Exception) { } }",
            "var s = \"x\"; while (true) s += s;",
            "var l = new List<object>(); while (true) l.Add(new int[10]);",
        ];
        foreach (var program in programs)
        {
            await BudgetTests.EndsAsync(worker, program, RunOutcome.Failed, InterruptReason.Memory);
            Assert.Equal("42", (await worker.SucceedsAsync("kept + 1")).Value?.Text);
        }
    }

    [Fact]
    public async Task Native_memory_that_nobody_frees_ends_the_worker()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { MemoryBytes = Budget });
        await BudgetTests.EndsAsync(
            worker,
            "while (true) { var p = System.Runtime.InteropServices.Marshal.AllocHGlobal(1 << 20); for (var i = 0; i < 1 << 20; i += 4096) System.Runtime.InteropServices.Marshal.WriteByte(p, i, 1); }",
            RunOutcome.Terminated,
            InterruptReason.Memory);
        Assert.Equal(InterruptReason.Memory, (await worker.Exited.Soon()).BudgetReason);
    }

    [Theory]
    [InlineData("l = []\nwhile True:\n    try: l.append(bytearray(1 << 20))\n    except MemoryError: pass")]
    [InlineData("l = []\nwhile True:\n    try: l.append(bytearray(100))\n    except Exception: pass")]
    [InlineData("import time\nl = []\ntry:\n    while True: l.append(bytearray(1 << 20))\nexcept MemoryError: time.sleep(60)")]
    public async Task Python_that_stays_at_the_budget_is_interrupted_after_a_grace(string code)
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { MemoryBytes = Budget });
        await worker.ValueAsync("kept = 41");
        await BudgetTests.EndsAsync(worker, code, RunOutcome.Failed, InterruptReason.Memory, "python");
        Assert.Equal("42", await worker.ValueAsync("kept + 1"));
    }

    [Fact]
    public async Task An_interrupt_reaches_python_whose_heap_is_full_or_becomes_so()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { MemoryBytes = Budget, Grace = Expect.Bound });
        for (var time = 0; time < 5; time++)
        {
            var run = await worker.GoAsync("""
                l = []
                print('go')
                while True:
                    try:
                        while True: l.append(bytearray(100))
                    except MemoryError: pass
                """);
            await Task.Delay(300 * time);
            Assert.Equal((time, ReceiptStatus.Interrupted), (time, (await run.InterruptAsync().Soon()).Status));
            await run.Completion.Soon();
            await worker.ResetAsync("python").Soon();
            Assert.Equal("42", await worker.ValueAsync("6 * 7"));
        }
    }

    [Fact]
    public async Task What_a_python_run_that_succeeded_left_full_is_forgotten_when_the_next_one_cannot_begin()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { MemoryBytes = Budget });
        var filled = await worker.Run("python", """
            l = []
            def fill(size):
                try:
                    while True: l.append(bytearray(size))
                except MemoryError: pass
            for size in (1 << 20, 10000, 600, 1): fill(size)
            """).Completion.Soon();
        Assert.Equal(RunOutcome.Succeeded, filled.Outcome);
        await BudgetTests.EndsAsync(worker, "keep = list(range(1000))", RunOutcome.Failed, InterruptReason.Memory, "python");
        Assert.Equal("42", await worker.ValueAsync("6 * 7"));
    }

    [Fact]
    public async Task Memory_that_could_be_shared_with_other_processes_counts()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { MemoryBytes = Budget });
        await worker.ValueAsync("kept = 41");
        await BudgetTests.EndsAsync(
            worker,
            "import mmap\nl = []\nfor _ in range(1000):\n    m = mmap.mmap(-1, 1 << 20)\n    m.write(bytes(1 << 20))\n    l.append(m)",
            RunOutcome.Failed,
            InterruptReason.Memory,
            "python");
        Assert.Equal("42", await worker.ValueAsync("kept + 1"));
    }

    [Fact]
    public async Task Garbage_does_not_count()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { MemoryBytes = Budget });
        await worker.SucceedsAsync("for (var i = 0; i < 20_000; i++) { var piece = new byte[1 << 20]; piece[0] = 1; }");
    }

    [Fact]
    public async Task What_an_earlier_run_holds_is_forgotten_with_its_session_and_the_error_says_so()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { MemoryBytes = Budget });
        await worker.SucceedsAsync("var l = new List<byte[]>();");
        var result = await BudgetTests.EndsAsync(worker, "while (true) l.Add(new byte[1 << 20]);", RunOutcome.Failed, InterruptReason.Memory);
        Assert.Contains("The session is empty now", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("42", (await worker.SucceedsAsync("var kept = 41; kept + 1")).Value?.Text);
    }

    [Fact]
    public async Task Python_that_fills_the_memory_fails_again_and_again_and_the_session_lives()
    {
        await using var worker = await BudgetTests.StartAsync(new WorkerBudgets { MemoryBytes = Budget });
        await PythonAsync("kept = 41", null);
        string[] programs =
        [
            "x = bytearray()\nwhile True: x += bytes(1 << 20)",
            "x = bytearray()\nwhile True: x += bytes(1 << 20)",
            "l = []\nwhile True: l.append([1, 2, 3])",
            "l = []\nwhile True: l.append({})",
            "l = []\ndef fill():\n    held = []\n    while True: held.append(bytes(100))\nfill()",
        ];
        foreach (var program in programs)
        {
            var result = await BudgetTests.EndsAsync(worker, program, RunOutcome.Failed, InterruptReason.Memory, "python");
            Assert.Equal("MemoryError", result.Error?.Type);
            await PythonAsync("kept + 1", "42");
        }

        // Code may cope.
        await PythonAsync("x = []\ntry:\n    while True: x.append(bytes(1 << 20))\nexcept MemoryError:\n    x = len(x)\nx in range(180, 230)", "True");

        async Task PythonAsync(string code, string? value)
        {
            var done = await worker.Run("python", code).Completion.Soon();
            Assert.True(done.Outcome == RunOutcome.Succeeded, $"{code}\n{done.Outcome} {done.Error?.Message}\n{done.Error?.Traceback}");
            Assert.Equal(value, done.Value?.Text);
        }
    }
}
