using ProcInterrupt.Interrupts;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <content>Insist, and the rungs beyond the word.</content>
public sealed partial class InterruptDeskTests
{
    [Fact]
    public void Insist_replaces_and_takes_the_same_signal_with_it()
    {
        Begin(1);
        var request = Ask(1);
        var insist = Ask(1, rung: InterruptRung.Insist);
        Assert.Equal(InterruptRung.Insist, target.Word.Rung);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        Assert.False(target.Word.HasRequest);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, request, InterruptRung.Insist);
        AssertReceipt(ReceiptStatus.Interrupted, insist, InterruptRung.Insist);
    }

    [Fact]
    public void Insist_replaces_another_signal_which_is_written_afterwards()
    {
        Begin(1);
        var other = Ask(1, Usr1);
        Ask(1, rung: InterruptRung.Insist);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        Assert.Equal(Usr1, target.Word.Signal);
        Assert.Equal(InterruptRung.Signal, target.Word.Rung);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.TooLate, other);
    }

    [Fact]
    public void Insist_goes_before_signals_into_the_new_buffer()
    {
        Swap(null);
        Begin(1);
        var signal = Ask(1, Usr1);
        var first = Ask(1, rung: InterruptRung.Insist);
        Swap(target);
        Assert.Equal(InterruptRung.Insist, target.Word.Rung);

        // The worker has drained the old buffer, and a second insist is written there before it says so.
        desk.BeginSwap();
        target.Take();
        var second = Ask(1, rung: InterruptRung.Insist);
        var other = new FakeTarget();
        desk.SetTarget(other);
        Assert.Equal(InterruptRung.Insist, other.Word.Rung);
        desk.Taken(other.Take(), MonotonicClock.Nanos);
        Assert.Equal(Usr1, other.Word.Signal);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, first, InterruptRung.Insist);
        AssertReceipt(ReceiptStatus.Interrupted, second, InterruptRung.Insist);
        AssertReceipt(ReceiptStatus.TooLate, signal);
    }

    [Fact]
    public void A_stop_that_climbs_to_insist_has_one_receipt_with_both_rungs()
    {
        Begin(1);
        var stop = Ask(1, untilEnd: true);
        var word = target.Take();
        desk.Taken(word, MonotonicClock.Nanos);
        desk.Handled(word);
        desk.Insist(stop);
        Assert.Equal((1u, InterruptRung.Insist), (target.Word.Run, target.Word.Rung));
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        desk.Insist(stop);
        Assert.Equal(InterruptRung.Insist, target.Word.Rung);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        Assert.False(stop.Receipt.IsCompleted);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, stop, InterruptRung.Insist);
        Assert.Equal([InterruptRung.Signal, InterruptRung.Insist], Assert.Single(issued).Rungs.Select(rung => rung.Rung));
        Assert.Equal(0, issued[0].Rungs[0].Micros);
        Assert.InRange(issued[0].TakenMicros!.Value, 0, issued[0].Rungs[1].Micros);
    }

    [Fact]
    public void The_rung_is_the_one_that_ended_the_run_and_not_one_that_came_too_late()
    {
        Begin(1);
        var stop = Ask(1, untilEnd: true);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        desk.Insist(stop);
        desk.Climb(InterruptRung.Terminate);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, stop);
        Assert.Equal([InterruptRung.Signal, InterruptRung.Insist, InterruptRung.Terminate], issued[0].Rungs.Select(rung => rung.Rung));
        Assert.True(issued[0].StatePreserved);
        Assert.False(target.Word.HasRequest);

        // They were the run's, not the next one's.
        Begin(2);
        Ask(2);
        desk.End(interrupted: false, MonotonicClock.Nanos);
        Assert.Equal([InterruptRung.Signal], issued[1].Rungs.Select(rung => rung.Rung));
    }

    [Fact]
    public void What_stands_in_the_word_climbs_with_the_stop_that_replaces_it()
    {
        Begin(1);
        var interrupt = Ask(1);
        var stop = Ask(1, untilEnd: true);
        desk.Insist(stop);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        Assert.All([interrupt, stop], request => AssertReceipt(ReceiptStatus.Interrupted, request, InterruptRung.Insist));
        Assert.All(issued, receipt => Assert.Equal([InterruptRung.Signal, InterruptRung.Insist], receipt.Rungs.Select(rung => rung.Rung)));
    }

    [Fact]
    public void Repeated_insists_do_not_pile_up()
    {
        Begin(1);
        var stop = Ask(1, untilEnd: true);
        for (var time = 0; time < 10_000; time++)
        {
            desk.Insist(stop);
            desk.Taken(target.Take(), MonotonicClock.Nanos);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        desk.End(interrupted: true, MonotonicClock.Nanos);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        AssertReceipt(ReceiptStatus.Interrupted, stop, InterruptRung.Insist);
        Assert.Single(issued);
    }

    [Fact]
    public void A_stop_that_passes_over_the_word_writes_nothing_and_has_its_receipt()
    {
        Begin(1);
        var stop = Ask(1, rung: InterruptRung.Kill, untilEnd: true);
        Assert.False(target.Word.HasRequest);
        desk.Climb(InterruptRung.Kill);
        desk.Close(ReceiptStatus.Killed, InterruptRung.Kill);
        AssertReceipt(ReceiptStatus.Killed, stop, InterruptRung.Kill);
        Assert.Equal([new RungTime(InterruptRung.Kill, 0)], issued[0].Rungs);
    }
}
