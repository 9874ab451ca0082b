using ProcInterrupt.Interrupts;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <content>What a shield of the run's holds off.</content>
public sealed partial class InterruptDeskTests
{
    [Fact]
    public void Who_stood_in_the_word_or_joined_there_was_held_off_and_who_came_before_or_after_was_not()
    {
        Begin(1);
        Ask(1, id: "before");
        var before = target.Take();
        desk.Taken(before, MonotonicClock.Nanos);
        Ask(1, id: "stood");
        Ask(1, id: "joined at once");
        desk.Deferred(target.Word);
        Ask(1, id: "joined later");
        var waits = Ask(1, Usr1, id: "waited for the word");
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        Ask(1, id: "waits behind");
        Assert.False(waits.Deferred);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        Assert.Equal(["stood", "joined at once", "joined later"], issued.Where(receipt => receipt.Deferred).Select(receipt => receipt.Id));
        Assert.Equal(6, issued.Count);
    }

    [Fact]
    public void One_that_the_code_handles_after_the_shield_was_held_off()
    {
        Begin(1);
        var request = Ask(1, Usr1);
        desk.Deferred(target.Word);
        var word = target.Take();
        desk.Taken(word, MonotonicClock.Nanos);
        desk.Handled(word);
        AssertReceipt(ReceiptStatus.Handled, request);
        Assert.True(Assert.Single(issued).Deferred);
    }

    [Fact]
    public void One_that_the_run_ends_before_was_held_off_and_too_late()
    {
        Begin(1);
        var request = Ask(1);
        desk.Deferred(target.Word);
        desk.End(interrupted: false, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.TooLate, request);
        Assert.True(Assert.Single(issued).Deferred);
    }

    [Theory]
    [InlineData(ReceiptStatus.Killed)]
    [InlineData(ReceiptStatus.WorkerLost)]
    public void One_whose_worker_ends_was_held_off(ReceiptStatus status)
    {
        Begin(1);
        var request = Ask(1);
        desk.Deferred(target.Word);
        desk.Close(status, rung: null);
        AssertReceipt(status, request);
        Assert.True(Assert.Single(issued).Deferred);
    }

    [Fact]
    public async Task A_stop_that_insisted_through_the_shield_was_held_off_before()
    {
        Begin(1);
        var stop = Ask(1, untilEnd: true);
        desk.Deferred(target.Word);
        desk.Insist(stop);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        var late = Ask(1, rung: InterruptRung.Insist);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, stop, InterruptRung.Insist);
        Assert.Equal((true, false), ((await stop.Receipt).Deferred, (await late.Receipt).Deferred));
    }

    [Fact]
    public void Submitted_again_to_another_buffer_it_was_held_off_all_the_same()
    {
        Begin(1);
        Ask(1);
        desk.Deferred(target.Word);
        var other = new FakeTarget();
        Swap(other);
        Ask(1);
        desk.Taken(other.Take(), MonotonicClock.Nanos);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        Assert.All(issued, receipt => Assert.True(receipt.Deferred));
    }

    [Fact]
    public void What_a_stranger_asked_for_or_another_run_held_off_is_nobodys()
    {
        Begin(1);
        desk.Deferred(new InterruptWord((byte)Signal.Interrupt));
        Ask(1);
        desk.Deferred(new InterruptWord(2, Signal.Interrupt, InterruptReason.User, InterruptRung.Signal));
        desk.Deferred(new InterruptWord(1, Usr1, InterruptReason.User, InterruptRung.Signal));
        desk.Deferred(default);
        desk.End(interrupted: false, MonotonicClock.Nanos);
        Assert.False(Assert.Single(issued).Deferred);
    }
}
