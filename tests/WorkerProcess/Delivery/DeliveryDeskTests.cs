using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines;

namespace ProcInterrupt.Tests.WorkerProcess.Delivery;

/// <summary>Taking, raising, handling and ending, step by step, on a page of this process.</summary>
public sealed partial class DeliveryDeskTests : IDisposable
{
    private static readonly EngineResult Nothing = new(null, null);

    private readonly InterruptPage page = new();
    private readonly RecordingPoster poster = new();
    private readonly DeliveryDesk desk;

    public DeliveryDeskTests() => desk = new DeliveryDesk(page, poster);

    public void Dispose() => RunScope.Current = null;

    [Fact]
    public void A_word_for_the_run_is_taken_reported_and_raised()
    {
        Begin(1);
        Write(new InterruptWord(1, Signal.Interrupt, InterruptReason.User, InterruptRung.Signal));
        var raised = Assert.Throws<KeyboardInterruptException>(desk.Check);
        Assert.Equal((Signal.Interrupt, 1u), (raised.Signal, raised.Run));
        Assert.Equal(new InterruptWord(1, Signal.Interrupt, default, default).Bits, Assert.IsType<InterruptTakenMessage>(Assert.Single(Told)).Word);
        Assert.False(page.View.ReadWord().HasRequest);
        Assert.True(page.View.ReadWord().Tripped);
    }

    [Fact]
    public void Every_later_checkpoint_raises_again_until_the_run_is_over()
    {
        var scope = Begin(1);
        Write(new InterruptWord(1, Signal.Interrupt, default, default));
        for (var time = 0; time < 5; time++)
        {
            Assert.Throws<KeyboardInterruptException>(desk.Check);
        }

        RunScope.Current = null;
        Assert.Equal(RunOutcome.Interrupted, desk.End(scope, Nothing, 0)!.Outcome);
        Assert.Equal(0ul, page.View.ReadWord().Bits);
        desk.Check();
    }

    [Fact]
    public void A_word_for_another_run_acts_on_nothing()
    {
        Begin(2);
        Write(new InterruptWord(1, Signal.Interrupt, default, default));
        desk.Check();
        Assert.Empty(Told);
        Assert.Equal(0ul, page.View.ReadWord().Bits);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    public void The_start_of_a_run_discards_what_is_not_for_it(uint stale)
    {
        Write(new InterruptWord(stale, Signal.Interrupt, default, default));
        Begin(2);
        desk.Check();
        Assert.Equal(0ul, page.View.ReadWord().Bits);
    }

    [Fact]
    public void The_start_of_a_run_keeps_what_is_for_it()
    {
        Write(new InterruptWord(2, Signal.Interrupt, default, default));
        var scope = Begin(2);
        Assert.True(scope.HostToken.IsCancellationRequested, "host code is cancelled at once");
        Assert.Equal(RunOutcome.Interrupted, desk.End(scope, Nothing, 0)!.Outcome);
    }

    [Fact]
    public void A_thread_of_no_run_never_takes()
    {
        Begin(1);
        Write(new InterruptWord(1, Signal.Interrupt, default, default));
        RunScope.Current = null;
        desk.Check();
        Assert.True(page.View.ReadWord().HasRequest);
    }

    [Fact]
    public void A_thread_of_an_earlier_run_takes_nothing_of_the_next()
    {
        var first = Begin(1);
        desk.End(first, Nothing, 0);
        Begin(2);
        Write(new InterruptWord(2, Signal.Interrupt, default, default));
        RunScope.Current = first;
        desk.Check();
        Assert.True(page.View.ReadWord().HasRequest);
    }

    [Fact]
    public void Clean_up_defers_a_signal_and_not_an_insist()
    {
        EnterUserCode(Begin(1), () =>
        {
            CleanupDepth.Enter();
            try
            {
                Write(new InterruptWord(1, Signal.Interrupt, default, InterruptRung.Signal));
                desk.Check();
                Assert.Empty(Told);
                Write(new InterruptWord(1, Signal.Interrupt, default, InterruptRung.Insist));
                Assert.Throws<KeyboardInterruptException>(desk.Check);
            }
            finally
            {
                CleanupDepth.Exit();
            }
        });
    }

    [Fact]
    public void An_insist_survives_a_foreign_write_to_byte_0()
    {
        Begin(1);
        Write(new InterruptWord(new InterruptWord(1, Signal.Interrupt, default, InterruptRung.Insist).Bits & ~0xFFul));
        Assert.Throws<KeyboardInterruptException>(desk.Check);
    }

    [Fact]
    public void A_handler_runs_and_the_code_goes_on()
    {
        Begin(1);
        var seen = Signal.None;
        desk.Handle(Signal.Alarm, signal => seen = signal);
        Write(new InterruptWord(1, Signal.Alarm, default, default));
        desk.Check();
        Assert.Equal(Signal.Alarm, seen);
        Assert.Equal([typeof(InterruptTakenMessage), typeof(InterruptHandledMessage)], Told.Select(frame => frame.GetType()));
        Assert.Equal(0ul, page.View.ReadWord().Bits);
    }

    [Fact]
    public void A_handler_that_raises_interrupts_the_run()
    {
        var scope = Begin(1);
        desk.Handle(Signal.Alarm, _ => throw new KeyboardInterruptException());
        Write(new InterruptWord(1, Signal.Alarm, default, default));
        Assert.Throws<KeyboardInterruptException>(desk.Check);
        Assert.Equal(RunOutcome.Interrupted, desk.End(scope, Nothing, 0)!.Outcome);
    }

    [Fact]
    public void A_handler_that_fails_has_handled()
    {
        var scope = Begin(1);
        desk.Handle(Signal.Alarm, _ => throw new FormatException());
        Write(new InterruptWord(1, Signal.Alarm, default, default));
        Assert.Throws<FormatException>(desk.Check);
        Assert.IsType<InterruptHandledMessage>(poster.Frames[^1]);
        Assert.Equal(RunOutcome.Succeeded, desk.End(scope, Nothing, 0)!.Outcome);
    }

    [Theory]
    [InlineData((byte)10)]
    [InlineData((byte)65)]
    [InlineData((byte)255)]
    public void What_nobody_handles_is_consumed_and_ignored(byte signal)
    {
        Begin(1);
        Write(new InterruptWord(signal));
        desk.Check();
        Assert.Equal(HandledBy.Ignored, Assert.IsType<InterruptHandledMessage>(poster.Frames[^1]).By);
        Assert.Equal(0ul, page.View.ReadWord().Bits);
    }

    [Fact]
    public void A_catch_settles_it_and_a_later_one_is_raised_anew()
    {
        var scope = Begin(1);
        Write(new InterruptWord(1, Signal.Interrupt, default, default));
        var raised = Assert.Throws<KeyboardInterruptException>(desk.Check);
        var token = scope.Token;
        Assert.True(token.IsCancellationRequested);
        Assert.True(DeliveryDesk.PassesCatchAll(raised));
        Assert.False(DeliveryDesk.PassesInterruptCatch(raised));
        desk.Caught(raised, mayRethrow: false);
        Assert.Equal(HandledBy.Catch, Assert.IsType<InterruptHandledMessage>(poster.Frames[^1]).By);
        Assert.False(scope.Token.IsCancellationRequested);
        desk.Check();
        Write(new InterruptWord(1, Signal.Interrupt, default, default));
        Assert.Throws<KeyboardInterruptException>(desk.Check);
    }

    [Fact]
    public void A_catch_that_rethrows_settles_nothing()
    {
        var scope = Begin(1);
        Write(new InterruptWord(1, Signal.Interrupt, default, default));
        var raised = Assert.Throws<KeyboardInterruptException>(desk.Check);
        desk.Caught(raised, mayRethrow: true);
        desk.Check();
        desk.CatchRethrows();
        Assert.Throws<KeyboardInterruptException>(desk.Check);
        Assert.Single(Told);
        Assert.Equal(RunOutcome.Interrupted, desk.End(scope, Nothing, 0)!.Outcome);
    }

    [Fact]
    public void A_cancellation_of_the_users_own_settles_nothing()
    {
        Begin(1);
        Write(new InterruptWord(1, Signal.Interrupt, default, default));
        Assert.Throws<KeyboardInterruptException>(desk.Check);
        using var own = new CancellationTokenSource();
        desk.Caught(new OperationCanceledException(own.Token), mayRethrow: false);
        Assert.Throws<KeyboardInterruptException>(desk.Check);
    }

    [Fact]
    public void Wrapped_interrupts_pass_too()
    {
        Begin(1);
        Write(new InterruptWord(1, Signal.Interrupt, default, default));
        var raised = Assert.Throws<KeyboardInterruptException>(desk.Check);
        Assert.True(DeliveryDesk.PassesCatchAll(new InvalidOperationException("", raised)));
        Assert.True(DeliveryDesk.PassesCatchAll(new AggregateException(new FormatException(), new AggregateException(raised))));
        Assert.False(DeliveryDesk.PassesCatchAll(new FormatException()));
    }

    [Fact]
    public void An_exit_passes_every_clause_and_ends_the_run_with_its_code()
    {
        var scope = Begin(1);
        var raised = Assert.ThrowsAny<Exception>(() => desk.Exit(7));
        Assert.True(DeliveryDesk.PassesCatchAll(raised));
        Assert.True(DeliveryDesk.PassesInterruptCatch(raised));
        var completed = desk.End(scope, Nothing, 0)!;
        Assert.Equal((RunOutcome.Succeeded, (int?)7), (completed.Outcome, completed.ExitCode));
    }

    [Theory]
    [InlineData(InterruptRung.Signal)]
    [InlineData(InterruptRung.Insist)]
    public void What_is_asked_while_an_exit_unwinds_is_not_taken(InterruptRung rung)
    {
        var scope = Begin(1);
        var exit = Assert.ThrowsAny<Exception>(() => desk.Exit(7));
        Write(new InterruptWord(1, Signal.Interrupt, default, rung));
        Assert.IsType(exit.GetType(), Record.Exception(desk.Check));
        Assert.Empty(Told);
        Assert.True(page.View.ReadWord().HasRequest);
        RunScope.Current = null;
        Assert.Equal(7, desk.End(scope, Nothing, 0)!.ExitCode);
        Assert.Equal(0ul, page.View.ReadWord().Bits);
    }

    [Fact]
    public void A_trip_byte_that_nothing_explains_is_cleared()
    {
        Begin(1);
        Write(new InterruptWord(0x010000));
        desk.Check();
        Assert.Equal(0ul, page.View.ReadWord().Bits);
    }

    [Fact]
    public void A_signal_that_comes_before_the_foreign_code_waits_for_its_handlers()
    {
        desk.Handle(Signal.User1, static _ => Assert.Fail("It is another engine's."));
        desk.Handle(Signal.Interrupt, static _ => Assert.Fail("It is another engine's."));
        var scope = desk.Begin(1, 0, long.MaxValue, bringsHandlers: true);
        RunScope.Current = scope;
        AskFor(1, Signal.User1);
        Pass(scope);
        Assert.Empty(Told);
        Assert.True(desk.EnterForeign(scope, new ForeignCode { Handles = Signal.User1 }));
        Assert.Equal(WordAction.Handle, desk.TakeForeign(scope, out var taken));
        Assert.Equal(Signal.User1, taken.Signal);

        // One that never comes leaves it untaken, and an interrupt does not wait.
        desk.End(scope, Nothing, 0);
        scope = desk.Begin(2, 0, long.MaxValue, bringsHandlers: true);
        AskFor(2, Signal.User1);
        Assert.Equal(RunOutcome.Succeeded, desk.End(scope, Nothing, 0)!.Outcome);
        Assert.Empty(Told.OfType<InterruptHandledMessage>());
        scope = desk.Begin(3, 0, long.MaxValue, bringsHandlers: true);
        AskFor(3, Signal.Interrupt);
        desk.Attend(scope);
        Assert.False(desk.EnterForeign(scope, new ForeignCode { Handles = Signal.User1 }));
        Assert.Equal(RunOutcome.Interrupted, desk.End(scope, Nothing, 0)!.Outcome);
    }

    [Fact]
    public void What_comes_after_interrupted_foreign_code_finds_none_of_its_handlers()
    {
        var scope = desk.Begin(1, 0, long.MaxValue, bringsHandlers: true);
        RunScope.Current = scope;
        Assert.True(desk.EnterForeign(scope, new ForeignCode { Handles = Signal.User1, Raises = Signal.Interrupt }));
        AskFor(1, Signal.Interrupt);
        Assert.Equal(WordAction.Raise, desk.TakeForeign(scope, out _));
        Assert.True(desk.TryEndForeign(scope));
        desk.LeaveForeign(scope, ForeignEnd.Interrupted);

        // .NET threads that it started go on until they meet the interrupt.
        AskFor(1, Signal.User1);
        Assert.Throws<KeyboardInterruptException>(desk.Check);
        Assert.Empty(Told.OfType<InterruptHandledMessage>());
        Assert.False(scope.UnwindsForGood);
        AskFor(1, Signal.Interrupt, InterruptRung.Insist);
        Assert.Throws<KeyboardInterruptException>(desk.Check);
        Assert.True(scope.UnwindsForGood);
        RunScope.Current = null;
        Assert.Equal(RunOutcome.Interrupted, desk.End(scope, Nothing, 0)!.Outcome);
    }

    [Fact]
    public void A_wait_is_ended_by_raising()
    {
        var scope = Begin(1);
        Exception? ended = null;
        var waiter = new Thread(() => ended = Record.Exception(() => desk.Sleep(Timeout.InfiniteTimeSpan)));
        waiter.Start();
        Write(new InterruptWord(1, Signal.Interrupt, default, default));
        do
        {
            // As the watcher does: again and again while something is pending.
            desk.Attend(scope);
        }
        while (!waiter.Join(TimeSpan.FromMilliseconds(1)));

        Assert.IsType<KeyboardInterruptException>(ended);
    }

    /// <summary>What was told beside the start of runs.</summary>
    private IEnumerable<IMessage> Told => poster.Frames.Where(frame => frame is not RunStartedMessage);

    private RunScope Begin(uint run)
    {
        var started = poster.Frames.Count;
        var scope = desk.Begin(run, 0, long.MaxValue);
        RunScope.Current = scope;
        Assert.IsType<RunStartedMessage>(poster.Frames[started]);
        return scope;
    }

    private void Write(InterruptWord word)
    {
        var before = page.View.ReadWord();
        Assert.Equal(before, page.View.CompareExchangeWord(new InterruptWord(word.Bits | before.Cleared.Bits), before));
    }

    private static void EnterUserCode(RunScope scope, Action code) => scope.CallUserCode(() =>
    {
        code();
        return 0;
    });
}
