using ProcInterrupt.Tests.Faults;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>A worker that was told to poll another interrupt buffer and has not said that it does.</summary>
public sealed class UnansweredSwapTests
{
    [Fact]
    public async Task Stopping_a_worker_with_an_open_swap_leaves_nothing_open_and_what_replaces_it_works()
    {
        await using var worker = await Worker.StartAsync(new WorkerOptions { Restart = new RestartPolicy() });
        using var buffer = InterruptBuffer.Create();

        // Stopped by SIGSTOP, it answers nothing, and only kill ends it.
        var (run, swap, asked) = await AskAsync("csharp", "Console.Write(\"go\"); while (true) { }");
        asked.Add(run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.FromMilliseconds(1), TerminateGrace = TimeSpan.FromMilliseconds(1) }));
        await AssertEndAsync(run, asked, RunOutcome.Killed, ReceiptStatus.Killed);
        await Assert.ThrowsAsync<WorkerLostException>(() => swap.Soon());

        // Going on, it finds both: it answers the swap, and ends.
        (run, swap, asked) = await AskAsync("python", "print('go')\nsum(range(10**12))");
        asked.Add(run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.Zero, TerminateGrace = Expect.Bound }));
        ProcessTable.Signal(worker.ProcessId, ProcessTable.SigCont);
        await AssertEndAsync(run, asked, RunOutcome.Terminated, ReceiptStatus.Terminated);
        await Task.WhenAny(swap, Task.Delay(Expect.Bound));
        Assert.True(swap.IsCompletedSuccessfully || swap.Exception?.InnerException is WorkerLostException, $"The swap is {swap.Status}: {swap.Exception}");

        run = worker.Run("csharp", "Console.Write(\"go\"); while (true) { }");
        await run.PrintedAsync("go");
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        await worker.SetInterruptBufferAsync(null).Soon();

        async Task<(Run Run, Task Swap, List<Task<InterruptReceipt>> Asked)> AskAsync(string engine, string code)
        {
            var begun = worker.Run(engine, code);
            await begun.PrintedAsync("go");
            ProcessTable.Signal(worker.ProcessId, ProcessTable.SigStop);
            using var limit = new CancellationTokenSource(Expect.Bound);
            while (!ProcessTable.IsStopped(worker.ProcessId))
            {
                await Task.Delay(1, limit.Token);
            }

            return (begun, worker.SetInterruptBufferAsync(buffer), [begun.InterruptAsync(), begun.InterruptAsync(Signal.User1), begun.InterruptAsync(Signal.User2)]);
        }
    }

    /// <summary>Each request has its receipt, in the result once, and none says that the run took it.</summary>
    private static async Task AssertEndAsync(Run run, List<Task<InterruptReceipt>> asked, RunOutcome outcome, ReceiptStatus status)
    {
        var receipts = await Task.WhenAll(asked).Soon();
        var result = await run.Completion.Soon();
        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(receipts.Length, result.Receipts.Count);
        foreach (var receipt in receipts)
        {
            Assert.Single(result.Receipts, one => ReferenceEquals(one, receipt));
            Assert.False(receipt.StatePreserved && receipt.Status != ReceiptStatus.Handled);

            // A signal without a handler may have been taken, and ignored, by the thread that is not stuck.
            Assert.True(receipt.Status == status || (receipt.Status == ReceiptStatus.Handled && receipt.Signal != Signal.Interrupt), $"{receipt}");
        }
    }
}
