using System.Diagnostics;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What ends a run other than an interrupt, and what the session makes of it.</summary>
public sealed class SessionTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private Worker Worker => fixture.Worker;

    [Theory]
    [InlineData("plain", "int F(int n) => F(n + 1) + 1; F(0)")]
    [InlineData("mutual", "int A(int n) => B(n + 1) + 1; int B(int n) => A(n + 1) + 1; A(0)")]
    [InlineData("lambda", "Func<int, int> f = null; f = n => f(n + 1) + 1; f(0)")]
    [InlineData("stackalloc", "int G(int n) { Span<byte> s = stackalloc byte[200_000]; s[n & 7] = 1; return G(n + 1) + s[0]; } G(0)")]
    [InlineData("virtual", "class V { public virtual int F(int n) => F(n + 1) + 1; } class W : V { public override int F(int n) => base.F(n) + 1; } new W().F(0)")]
    [InlineData("property", "class P { public int Value => Value + 1; } new P().Value")]
    [InlineData("through the base library", "int Q(int n) => Enumerable.Range(n, 1).Select(x => Q(x + 1) + 1).Sum(); Q(0)")]
    [InlineData("on a pool thread", "int H(int n) => H(n + 1) + 1; await Task.Run(() => H(0))")]
    public async Task Endless_recursion_fails_the_run_and_the_session_goes_on(string kind, string code)
    {
        await Worker.SucceedsAsync("var kept = 41;");
        for (var time = 0; time < 3; time++)
        {
            var result = await Worker.Run("csharp", code).Completion.Soon();
            Assert.True(result.Outcome == RunOutcome.Failed, $"{kind}: {result.Outcome}");
            Assert.Contains("InsufficientExecutionStackException", result.Error!.Type + result.Error.Message + result.Error.Traceback, StringComparison.Ordinal);
            Assert.Equal("42", (await Worker.SucceedsAsync("kept + 1")).Value?.Text);
        }
    }

    [Theory]
    [InlineData("Environment.Exit(3);")]
    [InlineData("try { Environment.Exit(3); } catch { }")]
    [InlineData("void Deep(int n) { if (n == 0) Environment.Exit(3); Deep(n - 1); } try { Deep(10); } catch (Exception) { while (true) ; }")]
    public async Task Exit_ends_the_run_with_its_code_and_the_session_goes_on(string code)
    {
        await Worker.SucceedsAsync("var kept = 41;");
        var result = await Worker.Run("csharp", code).Completion.Soon();
        Assert.Equal((RunOutcome.Succeeded, (int?)3), (result.Outcome, result.ExitCode));
        Assert.Equal("42", (await Worker.SucceedsAsync("kept + 1")).Value?.Text);
    }

    [Theory]
    [InlineData("throw new KeyboardInterruptException();")]
    [InlineData("try { throw new KeyboardInterruptException(); } finally { }")]
    [InlineData("throw new InvalidOperationException(\"\", new KeyboardInterruptException());")]
    [InlineData("throw new OperationCanceledException(Interrupt.Token);")]
    public async Task An_interrupt_that_code_makes_up_is_a_failure(string code) =>
        Assert.Equal(RunOutcome.Failed, (await Worker.Run("csharp", code).Completion.Soon()).Outcome);

    [Fact]
    public async Task A_thread_interrupt_that_nothing_waited_for_does_not_reach_the_next_run()
    {
        await Worker.SucceedsAsync("Thread.CurrentThread.Interrupt();");
        Assert.Equal("77", (await Worker.SucceedsAsync("Thread.Sleep(5); 77")).Value?.Text);
    }

    [Fact]
    public async Task Clean_up_of_an_interrupted_run_is_about_as_fast_as_any()
    {
        await Worker.SucceedsAsync("long turns = 0; void Clean() { for (turns = 0; turns < 50_000_000; turns++) ; }");
        var run = Worker.Run("csharp", "Console.Write(\"go\"); try { while (true) ; } finally { Clean(); }");
        await run.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal("50000000", (await Worker.SucceedsAsync("turns")).Value?.Text);
    }

    [Fact]
    public async Task Variables_types_methods_and_usings_live_from_run_to_run()
    {
        await Worker.ResetAsync().Soon();
        await Worker.SucceedsAsync("using System.Globalization; var a = 1; int Twice(int x) => 2 * x; record Point(int X, int Y);");
        Assert.Equal("4", (await Worker.SucceedsAsync("Twice(a + 1)")).Value?.Text);
        Assert.Equal("\"7\"", (await Worker.SucceedsAsync("new Point(7, 8).X.ToString(CultureInfo.InvariantCulture)")).Value?.Text);
        await Worker.ResetAsync().Soon();
        Assert.Equal(RunOutcome.Failed, (await Worker.Run("csharp", "a").Completion.Soon()).Outcome);
    }

    [Fact]
    public async Task A_traceback_names_the_run_and_the_line()
    {
        var run = Worker.Run("csharp", "var x = 1;\nvoid Fails()\n{\n    while (x > 0)\n    {\n        throw new InvalidOperationException(\"here\");\n    }\n}\nFails();");
        var result = await run.Completion.Soon();
        Assert.Equal((RunOutcome.Failed, "System.InvalidOperationException", "here"), (result.Outcome, result.Error?.Type, result.Error?.Message));
        Assert.Contains("line 6", result.Error!.Traceback, StringComparison.Ordinal);
        Assert.Contains("line 9", result.Error.Traceback, StringComparison.Ordinal);
        Assert.Contains($"run {run.Number}", result.Error.Traceback, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_killed_from_outside_is_told_to_the_run_and_the_queue()
    {
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        var queued = worker.Run("csharp", "1");
        await run.PrintedAsync("go");
        var pending = queued.Completion;
        using (var process = Process.GetProcessById(worker.ProcessId))
        {
            process.Kill();
        }

        var result = await run.Completion.Soon();
        Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
        Assert.Contains("SIGKILL", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(RunOutcome.WorkerLost, (await pending.Soon()).Outcome);
        Assert.Equal(ReceiptStatus.TooLate, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(RunOutcome.WorkerLost, (await worker.Run("csharp", "1").Completion.Soon()).Outcome);
        Assert.Equal(9, (await worker.Exited.Soon()).KilledBySignal);
        var thrown = await Assert.ThrowsAsync<WorkerLostException>(() => worker.RunAsync("csharp", "1"));
        Assert.Contains("start a new Worker", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_of_the_worker_is_told_with_its_exit_code()
    {
        await using var worker = await Worker.StartAsync(Expect.PatientWithItsEnd);
        var result = await worker.Run("csharp", "typeof(Environment).GetMethod(\"Exit\").Invoke(null, new object[] { 17 });").Completion.Soon();
        Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
        Assert.Contains("17", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposal_leaves_no_process()
    {
        int id;
        await using (var worker = await Worker.StartAsync())
        {
            id = worker.ProcessId;
            var run = worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
            await run.PrintedAsync("go");
        }

        Assert.False(Directory.Exists($"/proc/{id}"), "the worker is still there after disposal");
    }

    [Fact]
    public async Task Cancelling_a_call_interrupts_it_and_throws_with_the_callers_token()
    {
        await Worker.SucceedsAsync("var kept = 41; var cleaned = 1; var entered = false;");
        using var source = new CancellationTokenSource();
        var call = Worker.RunAsync("csharp", "try { entered = true; cleaned = 0; while (true) ; } finally { cleaned = 1; }", source.Token);
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await source.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.Equal("42", (await Worker.SucceedsAsync("kept + cleaned")).Value?.Text);
    }
}
