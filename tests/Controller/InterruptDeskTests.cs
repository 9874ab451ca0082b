using ProcInterrupt.Interrupts;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

public sealed class InterruptDeskTests
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
