using ProcInterrupt.Interrupts;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

public sealed partial class InterruptDeskTests
{
    private const Signal Usr1 = Signal.User1;
    private readonly FakeTarget target = new();
    private readonly List<InterruptReceipt> issued = [];
    private readonly InterruptDesk desk;

    public InterruptDeskTests()
    {
        desk = new InterruptDesk(issued.Add);
        Swap(target);
    }

    [Fact]
    public void A_request_is_written_with_its_run_and_rings()
    {
        Begin(7);
        Ask(7);
        Assert.Equal(new InterruptWord(7, Signal.Interrupt, InterruptReason.User, InterruptRung.Signal), target.Word);
        Assert.Equal(1, target.Rings);
    }

    [Fact]
    public async Task A_word_that_is_rewritten_without_pause_holds_nobody_up_and_is_not_remembered_without_end()
    {
        Swap(new RewrittenTarget());
        Begin(7);
        var asked = Task.Run(() => Ask(7));
        await asked.WaitAsync(TimeSpan.FromSeconds(60));
        for (var more = 0; more < 1000; more++)
        {
            Ask(7);
            desk.Taken(new InterruptWord(7, Usr1, InterruptReason.User, InterruptRung.Signal), MonotonicClock.Nanos);
        }

        desk.End(interrupted: false, MonotonicClock.Nanos);
        Assert.Equal(1001, issued.Count);
    }

    [Fact]
    public void A_request_for_a_run_that_was_sent_and_has_not_begun_is_written_at_once()
    {
        desk.Begin(7);
        Ask(7);
        Assert.Equal(7u, target.Word.Run);
    }

    [Fact]
    public void Requests_for_the_same_join_and_each_has_its_receipt()
    {
        Begin(1);
        var first = Ask(1, id: "a");
        var second = Ask(1, id: "b");
        Assert.Equal(1, target.Rings);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        Assert.Equal(["a", "b"], issued.Select(receipt => receipt.Id));
        Assert.All([first, second], request => AssertReceipt(ReceiptStatus.Interrupted, request));
        Assert.All(issued, receipt => Assert.NotNull(receipt.UnwoundMicros));
    }

    [Fact]
    public void A_request_after_the_word_was_taken_is_written_anew()
    {
        Begin(1);
        var first = Ask(1);
        var word = target.Take();
        var second = Ask(1);
        Assert.Equal(2, target.Rings);
        desk.Taken(word, MonotonicClock.Nanos);
        desk.Handled(word);
        AssertReceipt(ReceiptStatus.Handled, first);
        Assert.False(second.Receipt.IsCompleted);
        desk.End(interrupted: false, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.TooLate, second);
        Assert.False(target.Word.HasRequest);
    }

    [Fact]
    public void Another_signal_waits_until_the_first_is_taken()
    {
        Begin(1);
        Ask(1);
        var other = Ask(1, Usr1);
        Assert.Equal(Signal.Interrupt, target.Word.Signal);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        Assert.Equal(Usr1, target.Word.Signal);
        desk.Taken(target.Take(), MonotonicClock.Nanos);
        desk.Handled(new InterruptWord(1, Usr1, InterruptReason.User, InterruptRung.Signal));
        AssertReceipt(ReceiptStatus.Handled, other);
    }

    [Fact]
    public void Waiting_requests_keep_their_order()
    {
        Begin(1);
        Ask(1, Signal.HangUp);
        Ask(1, Usr1);
        Ask(1, Signal.Interrupt);
        Ask(1, Usr1);
        var order = new List<Signal>();
        while (target.Word.HasRequest)
        {
            order.Add(target.Word.Signal);
            desk.Taken(target.Take(), MonotonicClock.Nanos);
        }

        Assert.Equal([Signal.HangUp, Usr1, Signal.Interrupt], order);
    }

    [Fact]
    public void What_was_not_taken_is_too_late_and_withdrawn()
    {
        Begin(1);
        var request = Ask(1);
        var waiting = Ask(1, Usr1);
        target.Word = target.Word.WithTrip;
        desk.End(interrupted: false, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.TooLate, request);
        AssertReceipt(ReceiptStatus.TooLate, waiting);
        Assert.False(target.Word.HasRequest);
        Assert.True(target.Word.Tripped);
        Assert.All(issued, receipt => Assert.Null(receipt.TakenMicros));
    }

    [Fact]
    public void The_trip_byte_is_kept_by_every_write()
    {
        Begin(1);
        target.Word = default(InterruptWord).WithTrip;
        Ask(1);
        Assert.True(target.Word.Tripped);
        Assert.Equal(Signal.Interrupt, target.Word.Signal);
    }

    [Fact]
    public void A_request_that_is_to_tell_of_the_end_is_not_settled_by_being_handled()
    {
        Begin(1);
        var stop = Ask(1, untilEnd: true);
        var word = target.Take();
        desk.Taken(word, MonotonicClock.Nanos);
        desk.Handled(word);
        Assert.False(stop.Receipt.IsCompleted);
        desk.Close(ReceiptStatus.Killed, InterruptRung.Kill);
        AssertReceipt(ReceiptStatus.Killed, stop, InterruptRung.Kill);
        Assert.False(issued[0].StatePreserved);
        Assert.NotNull(issued[0].TakenMicros);
    }

    [Fact]
    public void Without_a_buffer_requests_wait_until_there_is_one()
    {
        Swap(null);
        Begin(1);
        var request = Ask(1);
        Assert.False(target.Word.HasRequest);
        var other = new FakeTarget();
        Swap(other);
        Assert.Equal(1u, other.Word.Run);
        desk.Taken(other.Take(), MonotonicClock.Nanos);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, request);
    }

    [Fact]
    public void Another_buffer_gets_what_was_not_taken_from_the_old_one()
    {
        Begin(1);
        var request = Ask(1);
        var other = new FakeTarget();
        Swap(other);
        Assert.False(target.Word.HasRequest);
        Assert.Equal(1u, other.Word.Run);
        Assert.Equal(1, other.Rings);
        desk.Taken(other.Take(), MonotonicClock.Nanos);
        desk.End(interrupted: true, MonotonicClock.Nanos);
        AssertReceipt(ReceiptStatus.Interrupted, request);
    }

    [Fact]
    public void Times_that_cannot_be_are_brought_into_range()
    {
        Begin(1);
        Ask(1);
        desk.Taken(target.Take(), long.MinValue);
        desk.End(interrupted: true, long.MaxValue);
        Assert.Equal(0, issued[0].TakenMicros);
        Assert.InRange(issued[0].UnwoundMicros!.Value, 0, issued[0].ReportedMicros);
    }

    [Fact]
    public void A_word_that_asks_for_nothing_cannot_have_been_taken()
    {
        Begin(1);
        Assert.Throws<ProtocolException>(() => desk.Taken(default(InterruptWord).WithTrip, 0));
    }

    private void Swap(IInterruptTarget? other)
    {
        desk.BeginSwap();
        desk.SetTarget(other);
    }

    private void Begin(uint run)
    {
        desk.Begin(run);
        desk.Started();
    }

    private InterruptRequest Ask(uint run, Signal signal = Signal.Interrupt, InterruptRung rung = InterruptRung.Signal, string? id = null, bool untilEnd = false)
    {
        var request = new InterruptRequest(run, signal, rung, id, untilEnd, awaited: true);
        desk.Request(request);
        return request;
    }

    private static void AssertReceipt(ReceiptStatus status, InterruptRequest request, InterruptRung rung = InterruptRung.Signal)
    {
        Assert.True(request.Receipt.IsCompletedSuccessfully, "The request is not settled.");
        Assert.Equal(status, request.Receipt.Result.Status);
        Assert.Equal(rung, request.Receipt.Result.Rung);
    }

    /// <summary>A worker that writes signals of its own over the word, each time before anybody looks.</summary>
    private sealed class RewrittenTarget : IInterruptTarget
    {
        private const int Signals = 64;
        private uint turn;
        private InterruptWord word;

        public InterruptWord ReadWord() => word = new InterruptWord(0, (Signal)((turn++ % Signals) + 1), InterruptReason.User, InterruptRung.Signal);

        public InterruptWord CompareExchangeWord(InterruptWord value, InterruptWord comparand)
        {
            var found = word;
            word = found == comparand ? value : found;
            return found;
        }

        public void RingDoorbell()
        {
            // Nobody sleeps here.
        }
    }
}
