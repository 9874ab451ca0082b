using ProcInterrupt.Interrupts;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <content>Others who write byte 0.</content>
public sealed partial class InterruptDeskTests
{
    [Fact]
    public void A_strangers_byte_for_the_same_signal_becomes_ours()
    {
        Begin(1);
        target.WriteByte0(2);
        Ask(1);
        Assert.Equal(1u, target.Word.Run);
    }

    [Fact]
    public void A_strangers_other_signal_is_written_over_and_asked_for_afterwards()
    {
        Begin(1);
        target.WriteByte0((byte)Usr1);
        Ask(1);
        Assert.Equal(Signal.Interrupt, target.Word.Signal);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        Assert.Equal(Usr1, target.Word.Signal);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        Assert.Single(issued);
    }

    [Fact]
    public void Before_the_run_has_begun_a_strangers_byte_is_waited_out()
    {
        desk.Begin(1);
        target.WriteByte0((byte)Usr1);
        Ask(1);
        Assert.Equal(Usr1, target.Word.Signal);
        target.Word = default;
        desk.Started();
        Assert.Equal(Signal.Interrupt, target.Word.Signal);
        Assert.Equal(1u, target.Word.Run);
    }

    [Fact]
    public void A_request_whose_byte_a_stranger_overwrote_is_written_again()
    {
        Begin(1);
        var request = Ask(1);
        target.WriteByte0((byte)Usr1);
        var joined = Ask(1);
        var word = target.Take();
        desk.Taken(word, MonotonicClock.Nanos);
        desk.Handled(word);
        Assert.Empty(issued);
        Assert.Equal(Signal.Interrupt, target.Word.Signal);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, request);
        AssertReceipt(ReceiptStatus.Interrupted, joined);
    }

    [Fact]
    public void A_strangers_word_that_was_handled_settles_no_request()
    {
        Begin(1);
        target.WriteByte0(2);
        var foreign = target.Take();
        var request = Ask(1);
        desk.Taken(foreign, MonotonicClock.Nanos);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        desk.Handled(foreign);
        Assert.False(request.Receipt.IsCompleted);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, request);
    }

    [Fact]
    public void A_strangers_signal_over_ours_in_the_old_buffer_is_asked_for_in_the_new_one()
    {
        Begin(1);
        var request = Ask(1);
        target.WriteByte0((byte)Usr1);
        var other = new FakeTarget();
        Swap(other);
        Assert.Equal(Signal.Interrupt, other.Word.Signal);
        desk.Taken(other.Take(), MonotonicClock.Nanos);
        Assert.Equal(Usr1, other.Word.Signal);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, request);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void While_the_buffer_is_being_changed_a_strangers_byte_is_left_alone(bool done)
    {
        Begin(1);
        target.WriteByte0((byte)Usr1);
        desk.BeginSwap();
        Ask(1);
        Assert.Equal(0u, target.Word.Run);
        var polled = done ? new FakeTarget() : target;
        if (done)
        {
            desk.SetTarget(polled);
        }
        else
        {
            desk.KeepTarget();
        }

        Assert.Equal((1u, Signal.Interrupt), (polled.Word.Run, polled.Word.Signal));
    }

    [Fact]
    public void Taken_words_of_strangers_do_not_pile_up_and_do_not_displace_ours()
    {
        Begin(1);
        var request = Ask(1);
        var word = target.Take();
        desk.Taken(word, MonotonicClock.Nanos);
        for (var signal = 0; signal < 100_000; signal++)
        {
            desk.Taken(new InterruptWord(0, (Signal)(signal % 60 + 3), InterruptReason.User, InterruptRung.Signal), 0);
        }

        desk.Handled(word);
        AssertReceipt(ReceiptStatus.Handled, request);
    }
}
