using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <content>The ladder.</content>
public sealed partial class DispatcherTests
{
    [Fact]
    public async Task A_stop_climbs_each_rung_no_sooner_than_its_grace_and_only_while_the_run_lasts()
    {
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        var grace = TimeSpan.FromMilliseconds(20);
        var stop = run.StopAsync(new StopPolicy { SignalGrace = grace, InsistGrace = grace, TerminateGrace = grace });
        Take(run);
        IInterruptTarget word = buffer;
        await WaitFor(() => word.ReadWord().Rung == InterruptRung.Insist);
        await WaitFor(() => Volatile.Read(ref kills) == 1);
        Assert.Equal(run.Number, outbox.Take<TerminateMessage>().Run);
        dispatcher.Close(WorkerEnding.Killed, new WorkerExit(null, 9, "Killed."));
        var receipt = await stop;
        Assert.Equal((ReceiptStatus.Killed, InterruptRung.Kill), (receipt.Status, receipt.Rung));
        Assert.Equal(Enum.GetValues<InterruptRung>(), receipt.Rungs.Select(begun => begun.Rung));
        foreach (var (before, after) in receipt.Rungs.Zip(receipt.Rungs.Skip(1)))
        {
            Assert.True(after.Micros - before.Micros >= grace.TotalMicroseconds, $"{after.Rung} came {after.Micros - before.Micros} us after {before.Rung}.");
        }

        Assert.Empty(outbox.Sent);
    }

    [Fact]
    public async Task Insist_is_repeated_until_the_run_ends_and_nothing_follows_then()
    {
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        IInterruptTarget word = buffer;
        var stop = run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.FromSeconds(30) });
        for (var time = 0; time < 3; time++)
        {
            await WaitFor(() => word.ReadWord().Rung == InterruptRung.Insist);
            Take(run);
        }

        Complete(run, RunOutcome.Interrupted);
        var receipt = await stop;
        Assert.Equal((ReceiptStatus.Interrupted, InterruptRung.Insist, true), (receipt.Status, receipt.Rung, receipt.StatePreserved));
        Assert.Equal([new RungTime(InterruptRung.Insist, 0)], receipt.Rungs);
        Assert.Single((await run.Completion).Receipts);
        Assert.False(word.ReadWord().HasRequest);
        Assert.Equal(0, kills);
        Assert.Empty(outbox.Sent);
    }

    [Fact]
    public async Task Several_stops_of_one_run_each_have_a_receipt_and_the_worker_is_told_once()
    {
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        var now = new StopPolicy { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.Zero, HighestRung = InterruptRung.Terminate };
        var interrupt = run.InterruptAsync();
        var stops = Enumerable.Range(0, 10).Select(_ => run.StopAsync(now)).Append(run.StopAsync(now with { HighestRung = InterruptRung.Signal })).ToList();
        outbox.Take<TerminateMessage>();
        Assert.Empty(outbox.Sent);
        Assert.True(dispatcher.IsTerminating);
        dispatcher.Close(WorkerEnding.Terminated, Exit);
        foreach (var receipt in await Task.WhenAll([interrupt, .. stops]))
        {
            Assert.Equal((ReceiptStatus.Terminated, InterruptRung.Terminate, false), (receipt.Status, receipt.Rung, receipt.StatePreserved));
        }

        Assert.Equal((RunOutcome.Terminated, 12), ((await run.Completion).Outcome, (await run.Completion).Receipts.Count));
    }

    [Fact]
    public async Task A_stop_that_comes_after_the_worker_was_told_to_end_does_not_go_back_to_a_lower_rung()
    {
        var run = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        var first = run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.Zero, HighestRung = InterruptRung.Terminate });
        outbox.Take<TerminateMessage>();
        var second = run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.FromMilliseconds(1), InsistGrace = TimeSpan.Zero, HighestRung = InterruptRung.Kill, TerminateGrace = TimeSpan.Zero });
        await WaitFor(() => Volatile.Read(ref kills) == 1);
        dispatcher.Close(WorkerEnding.Killed, Exit);
        Assert.Equal([InterruptRung.Signal, InterruptRung.Terminate, InterruptRung.Kill], (await second).Rungs.Select(begun => begun.Rung));
        Assert.Equal(ReceiptStatus.Killed, (await first).Status);
    }

    [Fact]
    public async Task A_run_that_ends_before_its_worker_was_told_keeps_the_worker()
    {
        var run = Queue();
        var next = Queue();
        outbox.Take<RunCodeMessage>();
        Start(run);
        var stop = run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.Zero, HighestRung = InterruptRung.Terminate });
        Complete(run);
        var receipt = await stop;
        Assert.Equal((ReceiptStatus.TooLate, InterruptRung.Terminate, true), (receipt.Status, receipt.Rung, receipt.StatePreserved));
        Assert.False(dispatcher.IsTerminating);
        outbox.Take<TerminateMessage>();
        Assert.Equal(next.Number, outbox.Take<RunCodeMessage>().Run);
    }

    [Fact]
    public async Task A_stop_of_a_queued_run_takes_it_off_the_queue_whatever_the_policy()
    {
        Queue();
        var queued = Queue();
        var receipt = await queued.StopAsync(StopPolicy.AtOnce);
        Assert.Equal((ReceiptStatus.NeverStarted, InterruptRung.Signal, true), (receipt.Status, receipt.Rung, receipt.StatePreserved));
        Assert.Empty(receipt.Rungs);
        Assert.Equal(0, kills);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(int.MaxValue + 1.0)]
    public void A_policy_that_makes_no_sense_is_refused(double millis)
    {
        var run = Queue();
        var grace = TimeSpan.FromMilliseconds(millis);
        Assert.Throws<ArgumentOutOfRangeException>("SignalGrace", () => { _ = run.StopAsync(new StopPolicy { SignalGrace = grace }); });
        Assert.Throws<ArgumentOutOfRangeException>("InsistGrace", () => { _ = run.StopAsync(new StopPolicy { InsistGrace = grace }); });
        Assert.Throws<ArgumentOutOfRangeException>("TerminateGrace", () => { _ = run.StopAsync(new StopPolicy { TerminateGrace = grace }); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = run.StopAsync(new StopPolicy { Signal = (Signal)65 }); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = run.StopAsync(new StopPolicy { HighestRung = (InterruptRung)4 }); });
        Assert.False(run.Completion.IsCompleted);
    }
}
