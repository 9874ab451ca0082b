using System.Diagnostics;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Bounded waits: generous, against hanging only.</summary>
internal static class Expect
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>For a worker whose own end is looked at: however long it takes, nobody else ends it.</summary>
    public static readonly WorkerOptions PatientWithItsEnd = new() { ExitGrace = Bound };

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Bound);

    public static Task Soon(this Task task) => task.WaitAsync(Bound);

    public static async Task<RunResult> SucceedsAsync(this Worker worker, string code)
    {
        var result = await worker.Run("csharp", code).Completion.Soon();
        Assert.True(result.Outcome == RunOutcome.Succeeded, $"{code}\n{result.Outcome}: {result.Error?.Type} {result.Error?.Message}\n{result.Error?.Traceback}");
        return result;
    }

    /// <summary>Reads events until the run has started, before its code is compiled.</summary>
    public static async Task StartedAsync(this Run run)
    {
        using var limit = new CancellationTokenSource(Bound);
        await foreach (var next in run.Events.WithCancellation(limit.Token))
        {
            if (next is RunStartedEvent)
            {
                return;
            }
        }

        Assert.Fail("The run ended without having started.");
    }

    /// <summary>Reads events until the run has printed the marker.</summary>
    public static async Task PrintedAsync(this Run run, string marker)
    {
        await using var events = run.Events.GetAsyncEnumerator();
        await run.PrintedAsync(events, marker);
    }

    /// <summary>Reads on until the run has printed the marker once more.</summary>
    public static async Task PrintedAsync(this Run run, IAsyncEnumerator<RunEvent> events, string marker)
    {
        using var limit = new CancellationTokenSource(Bound);
        var seen = "";
        while (await events.MoveNextAsync().AsTask().WaitAsync(limit.Token))
        {
            seen += (events.Current as OutputEvent)?.Text;
            if (seen.Contains(marker))
            {
                return;
            }
        }

        var result = await run.Completion.Soon();
        Assert.Fail($"The run ended without printing '{marker}': {result.Outcome} {result.Error?.Type} {result.Error?.Message}\n{result.Error?.Traceback}\noutput: {seen}");
    }

    /// <summary>Asks what a run is doing until it has come to where it stays: after "go" that takes as long as the machine is busy. Asked once more then, it is said again.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isThere">Whether that is said of it.</param>
    /// <param name="onTheWay">What may be said of it before, beside that it polls, or does not while the runtime compiles what comes next; anything else is wrong.</param>
    public static async Task<RunDiagnosis> DiagnoseOnceAsync(this Run run, Predicate<RunDiagnosis> isThere, params RunActivity[] onTheWay)
    {
        var since = Stopwatch.StartNew();
        RunDiagnosis found;
        while (!isThere(found = await run.DiagnoseAsync().Soon()))
        {
            Assert.True(found.Activity is RunActivity.Polling or RunActivity.NotPolling || onTheWay.Contains(found.Activity), $"On its way it was said to be: {found}");
            Assert.True(since.Elapsed < Bound, $"It has not come to its place, it seems: {found}");
        }

        var again = await run.DiagnoseAsync().Soon();
        Assert.True(
            isThere(again) && (again.Activity, again.IsInterruptible, again.Swallowed) == (found.Activity, found.IsInterruptible, found.Swallowed),
            $"It was said to be where it stays, {found}, and then: {again}");
        return found;
    }

    /// <summary>Interrupts a program fifty times in a row; it prints "go" when it is where it is to be interrupted.</summary>
    /// <remarks>In a session that begins with it: the compiler takes longer with each submission that declares something.</remarks>
    public static async Task InterruptManyTimesAsync(this Worker worker, string code, int times = 50)
    {
        await worker.ResetAsync("csharp").Soon();
        await worker.SucceedsAsync("var kept = 41;");
        for (var time = 0; time < times; time++)
        {
            var run = worker.Run("csharp", code);
            await run.PrintedAsync("go");
            var receipt = await run.InterruptAsync().Soon();
            var result = await run.Completion.Soon();
            Assert.Equal(
                (time, ReceiptStatus.Interrupted, InterruptRung.Signal, true, RunOutcome.Interrupted),
                (time, receipt.Status, receipt.Rung, receipt.StatePreserved, result.Outcome));
            var next = await worker.SucceedsAsync("kept + 1");
            Assert.Equal("42", next.Value?.Text);
        }
    }
}
