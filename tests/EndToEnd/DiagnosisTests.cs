using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What a run of C# is doing, asked while it does it.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class DiagnosisTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private Worker Worker => fixture.Worker;

    [Fact]
    public async Task A_busy_loop_polls_and_its_line_is_known()
    {
        var found = await DiagnoseAsync("""
            void Spin()
            {
                while (true) ;
            }
            Console.Write("go");
            Spin();
            """,
            static found => found.Stack?.Contains("Spin()", StringComparison.Ordinal) == true);
        Assert.Equal((RunActivity.Polling, true, 0), (found.Activity, found.IsInterruptible, found.Swallowed));
        Assert.Contains("Spin()", found.Stack, StringComparison.Ordinal);
        Assert.Contains("line 3", found.Stack, StringComparison.Ordinal);
        Assert.Contains("line 6", found.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_again_and_again_it_is_seen_to_poll_each_time()
    {
        var run = Worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        for (var time = 0; time < 300; time++)
        {
            Assert.Equal((time, RunActivity.Polling), (time, (await run.DiagnoseAsync().Soon()).Activity));
        }

        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task A_backtracking_regex_is_named_as_code_that_does_not_poll()
    {
        // A worker of its own: nothing but its end stops this.
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", """
            using System.Text.RegularExpressions;
            Console.Write("go");
            var found = Regex.IsMatch(new string('a', 40) + "b", "^(a+)+$");
            """);
        await run.PrintedAsync("go");
        var diagnosis = await run.DiagnoseOnceAsync(static found => found.Activity == RunActivity.NotPolling);
        Assert.Equal((RunActivity.NotPolling, false, "computing"), (diagnosis.Activity, diagnosis.IsInterruptible, diagnosis.Thread));
        Assert.StartsWith("System.Text.RegularExpressions.Regex", diagnosis.Call, StringComparison.Ordinal);
        Assert.Contains("<top level>", diagnosis.Stack, StringComparison.Ordinal);
        Assert.Contains("line 3", diagnosis.Stack, StringComparison.Ordinal);

        var receipt = await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.FromSeconds(1), InsistGrace = TimeSpan.FromSeconds(1), TerminateGrace = TimeSpan.Zero }).Soon();
        Assert.Equal((ReceiptStatus.Killed, RunActivity.NotPolling), (receipt.Status, receipt.Diagnosis?.Activity));
        Assert.StartsWith("System.Text.RegularExpressions.Regex", receipt.Diagnosis?.Call, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_has_a_diagnosis_only_when_the_signal_was_not_enough()
    {
        var run = Worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        Assert.Null((await run.StopAsync().Soon()).Diagnosis);

        // Nobody waits for the answer: on a machine so busy that it takes longer than the grace, it is tried again.
        InterruptReceipt receipt;
        var tries = 0;
        do
        {
            run = Worker.Run("csharp", "try { Console.Write(\"go\"); } finally { while (true) ; }");
            await run.PrintedAsync("go");
            receipt = await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.FromMilliseconds(600), HighestRung = InterruptRung.Insist }).Soon();
            tries++;
        }
        while (receipt.Diagnosis is null or { Activity: RunActivity.NoAnswer } && tries < 10);

        Assert.Equal((ReceiptStatus.Interrupted, InterruptRung.Insist, RunActivity.CleaningUp), (receipt.Status, receipt.Rung, receipt.Diagnosis?.Activity));
    }

    [Fact]
    public async Task A_stopped_worker_does_not_hold_the_ladder_up()
    {
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        using (var stop = System.Diagnostics.Process.Start("kill", ["-STOP", worker.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await stop.WaitForExitAsync().Soon();
        }

        Assert.Equal(RunActivity.NoAnswer, (await run.DiagnoseAsync().Soon()).Activity);
        var receipt = await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.FromMilliseconds(50), InsistGrace = TimeSpan.FromMilliseconds(50), TerminateGrace = TimeSpan.Zero }).Soon();
        Assert.Equal(ReceiptStatus.Killed, receipt.Status);
    }

    [Theory]
    [InlineData("Thread.Sleep(60_000);", "System.Threading.Thread.Sleep(")]
    [InlineData("var held = new object(); new Thread(() => { lock (held) { Thread.Sleep(60_000); } }).Start(); while (Monitor.TryEnter(held)) { Monitor.Exit(held); Thread.Yield(); } lock (held) { }", "System.Threading.Monitor.")]
    [InlineData("await Task.Delay(60_000);", "await")]
    [InlineData("Console.ReadLine();", null)]
    [InlineData("Interrupt.Sleep(TimeSpan.FromMinutes(1));", null)]
    public async Task A_wait_is_named_and_can_be_woken(string wait, string? call)
    {
        // On its way it may be blocked in the runtime for a moment, where no call of its own is.
        var found = await DiagnoseAsync(
            $"Console.Write(\"go\"); {wait}",
            found => found.Activity == RunActivity.Blocked && (call is null ? found.IsInterruptible : found.Call is not null),
            RunActivity.Blocked);
        Assert.Equal((RunActivity.Blocked, true), (found.Activity, found.IsInterruptible));
        if (call is not null)
        {
            Assert.StartsWith(call, found.Call, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Clean_up_that_loops_is_named()
    {
        await using var looping = await Worker.StartAsync();
        var run = looping.Run("csharp", "var on = true; try { Console.Write(\"go\"); } finally { while (on) ; }");
        await run.PrintedAsync("go");
        var found = await run.DiagnoseOnceAsync(static found => found.Activity == RunActivity.CleaningUp);
        Assert.Equal((RunActivity.CleaningUp, false), (found.Activity, found.IsInterruptible));
        Assert.Contains("<top level>", found.Stack, StringComparison.Ordinal);

        // A wait there, which only insisting ends.
        await using var worker = await Worker.StartAsync();
        run = worker.Run("csharp", "try { Console.Write(\"go\"); } finally { Thread.Sleep(60_000); }");
        await run.PrintedAsync("go");
        found = await run.DiagnoseOnceAsync(static found => found.Activity == RunActivity.Blocked);
        Assert.Equal((RunActivity.Blocked, false), (found.Activity, found.IsInterruptible));
    }

    [Fact]
    public async Task Interrupts_that_were_swallowed_are_counted_and_their_place_is_known()
    {
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", """
            while (true)
            {
                try { Spin(); }
                catch (KeyboardInterruptException) { }
            }
            void Spin() { Console.Write("in the try"); while (true) ; }
            """);
        await using var events = run.Events.GetAsyncEnumerator();
        for (var time = 0; time < 2; time++)
        {
            await run.PrintedAsync(events, "in the try");
            Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
        }

        await run.PrintedAsync(events, "in the try");
        var found = await run.DiagnoseOnceAsync(static found => found.Swallowed == 2 && found.Activity == RunActivity.Swallowing, RunActivity.Swallowing);
        Assert.Equal((RunActivity.Swallowing, 2), (found.Activity, found.Swallowed));
        Assert.Contains("Spin()", found.SwallowedAt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_runs_long_is_named()
    {
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", """
            Interrupt.Handle(Signal.User1, _ => { Console.Write("handling"); while (true) ; });
            Console.Write("go");
            while (true) ;
            """);
        await run.PrintedAsync("go");
        run.Interrupt(Signal.User1);
        var found = await run.DiagnoseOnceAsync(static found => found.Activity == RunActivity.Handling);

        // And so it is: another signal is raised in the handler.
        Assert.Equal((RunActivity.Handling, true), (found.Activity, found.IsInterruptible));
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task Native_code_that_a_program_calls_is_named_with_its_system_call()
    {
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", """
            using System.Runtime.InteropServices;
            [DllImport("libc")] static extern int pause();
            Console.Write("go");
            pause();
            """);
        await run.PrintedAsync("go");
        var found = await run.DiagnoseOnceAsync(static found => found.Activity == RunActivity.Native);
        Assert.Equal((RunActivity.Native, false, "pause"), (found.Activity, found.IsInterruptible, found.Thread));
        Assert.Contains("line 4", found.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_runs_that_is_said()
    {
        Assert.Equal(RunActivity.NotRunning, (await Worker.DiagnoseAsync().Soon()).Activity);
        var run = Worker.Run("csharp", "1");
        await run.Completion.Soon();
        Assert.Equal(RunActivity.NotRunning, (await run.DiagnoseAsync().Soon()).Activity);
    }

    [Fact]
    public async Task Runs_that_end_while_they_are_looked_at_are_no_trouble()
    {
        for (var time = 0; time < 20; time++)
        {
            var run = Worker.Run("csharp", $"Thread.Sleep({time}); var i = 0; while (i < 1_000_000) i++;");
            var asked = Enumerable.Range(0, 3).Select(_ => run.DiagnoseAsync()).ToList();
            Assert.Equal(RunOutcome.Succeeded, (await run.Completion.Soon()).Outcome);
            foreach (var each in asked)
            {
                Assert.NotEqual(RunActivity.NoAnswer, (await each.Soon()).Activity);
            }
        }
    }

    private async Task<RunDiagnosis> DiagnoseAsync(string program, Predicate<RunDiagnosis> isThere, params RunActivity[] onTheWay)
    {
        var run = Worker.Run("csharp", program);
        await run.PrintedAsync("go");
        var found = await run.DiagnoseOnceAsync(isThere, onTheWay);
        await run.InterruptAsync().Soon();
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        return found;
    }
}
