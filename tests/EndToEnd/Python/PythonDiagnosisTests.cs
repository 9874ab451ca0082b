using System.Text.RegularExpressions;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>What a run of Python is doing, asked while it does it.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PythonDiagnosisTests(PythonFixture fixture) : IClassFixture<PythonFixture>
{
    [Theory]
    [MemberData(nameof(PythonLibraries.Data), MemberType = typeof(PythonLibraries))]
    public async Task A_loop_polls_and_its_lines_are_known(string library)
    {
        var found = await DiagnoseAsync(library, "def spin():\n    while True: pass\nprint('go')\nspin()", static found => found.Call == "while True: pass");
        Assert.Equal((RunActivity.Polling, true, "while True: pass"), (found.Activity, found.IsInterruptible, found.Call));
        Assert.Matches("(?s)line 4, in <module>\n    spin\\(\\)\n  File \"<run [0-9]+>\", line 2, in spin", found.Stack);
        Assert.DoesNotContain("procinterrupt", found.Stack, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PythonLibraries.Data), MemberType = typeof(PythonLibraries))]
    public async Task A_long_call_into_C_is_named_as_code_that_does_not_poll(string library)
    {
        await using var worker = await PythonFixture.StartAsync(library);
        var run = await worker.GoAsync("print('go')\nsum(range(10**12))");
        var found = await run.DiagnoseOnceAsync(static found => found.Activity == RunActivity.NotPolling);
        Assert.Equal((RunActivity.NotPolling, false, "sum(range(10**12))", "computing"), (found.Activity, found.IsInterruptible, found.Call, found.Thread));
        Assert.Contains("line 2, in <module>", found.Stack, StringComparison.Ordinal);
        if (library != PythonLibraries.Default)
        {
            return;
        }

        // Nothing but the end of the worker stops it, and the receipt says why.
        var receipt = await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.FromSeconds(1), InsistGrace = TimeSpan.FromSeconds(1), TerminateGrace = TimeSpan.Zero }).Soon();
        Assert.Equal((ReceiptStatus.Killed, RunActivity.NotPolling, "sum(range(10**12))"), (receipt.Status, receipt.Diagnosis?.Activity, receipt.Diagnosis?.Call));
    }

    [Theory]
    [InlineData("import time; time.sleep(60)", "clock_nanosleep|select|pselect6")]
    [InlineData("import threading; threading.Event().wait()", "futex")]
    [InlineData("import socket; a, b = socket.socketpair(); a.recv(1)", "recvfrom\\([0-9]+\\)")]
    public async Task A_wait_is_named_with_its_system_call_and_can_be_woken(string wait, string call)
    {
        var found = await DiagnoseAsync(PythonLibraries.Default, $"print('go')\n{wait}", found => found.Activity == RunActivity.Blocked && Regex.IsMatch(found.Thread ?? "", call));
        Assert.Equal((RunActivity.Blocked, true), (found.Activity, found.IsInterruptible));
        Assert.Matches(call, found.Thread);
        Assert.Contains("line 2, in <module>", found.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_and_code_of_the_host_are_waits_too()
    {
        var found = await DiagnoseAsync(PythonLibraries.Default, "print('go')\ninput()", static found => found.Activity == RunActivity.Blocked);
        Assert.Equal((RunActivity.Blocked, true), (found.Activity, found.IsInterruptible));
        Assert.Contains("line 2, in <module>", found.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loop_that_swallows_is_named_with_the_number_of_interrupts()
    {
        await using var worker = await PythonFixture.StartAsync(PythonLibraries.Default);
        var run = worker.Run("python", "def spin():\n    print('in the try')\n    while True: pass\nwhile True:\n    try: spin()\n    except BaseException: pass");
        await using var events = run.Events.GetAsyncEnumerator();
        for (var time = 0; time < 2; time++)
        {
            await run.PrintedAsync(events, "in the try");
            Assert.Equal(ReceiptStatus.Handled, (await run.InterruptAsync().Soon()).Status);
        }

        await run.PrintedAsync(events, "in the try");
        var found = await run.DiagnoseOnceAsync(static found => found.Swallowed == 2 && found.Stack?.Contains("in spin", StringComparison.Ordinal) == true, RunActivity.Swallowing);
        Assert.Equal((RunActivity.Swallowing, 2), (found.Activity, found.Swallowed));
        Assert.Contains("in spin", found.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_runs_long_is_named()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        var run = await worker.GoAsync("import signal\ndef spin(number, frame):\n    while True: pass\nsignal.signal(10, spin)\nprint('go')\nwhile True: pass");
        run.Interrupt(Signal.User1);
        var found = await run.DiagnoseOnceAsync(static found => found.Activity == RunActivity.Handling && found.Stack?.Contains("in spin", StringComparison.Ordinal) == true, RunActivity.Handling);
        Assert.Equal((RunActivity.Handling, true), (found.Activity, found.IsInterruptible));
        Assert.Contains("in spin", found.Stack, StringComparison.Ordinal);
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
    }

    [Fact]
    public async Task The_signal_of_stacks_cannot_be_taken_away()
    {
        var worker = await fixture.WorkerAsync(PythonLibraries.Default);
        Assert.Equal("\"signal 61 is the worker's own\"", await worker.ValueAsync("import faulthandler\nmessage = None\ntry: faulthandler.unregister(61)\nexcept ValueError as error: message = str(error)\nmessage"));
    }

    private async Task<RunDiagnosis> DiagnoseAsync(string library, string program, Predicate<RunDiagnosis> isThere)
    {
        var worker = await fixture.WorkerAsync(library);
        var run = await worker.GoAsync(program);
        var found = await run.DiagnoseOnceAsync(isThere);
        await run.InterruptAsync().Soon();
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        return found;
    }
}
