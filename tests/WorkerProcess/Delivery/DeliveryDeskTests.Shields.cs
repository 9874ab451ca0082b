using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Delivery;

/// <content>Shields.</content>
public sealed partial class DeliveryDeskTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void What_is_asked_in_a_shield_is_told_of_once_and_raised_at_its_end()
    {
        var scope = Begin(1);
        var shield = Shield(Minute);
        AskFor(1, Signal.Interrupt);
        Pass(scope);
        var deferred = Assert.IsType<InterruptDeferredMessage>(Assert.Single(Told));
        Assert.Equal((1u, new InterruptWord(1, Signal.Interrupt, default, default).Bits), (deferred.Run, deferred.Word));
        Assert.True(page.View.ReadWord().HasRequest);
        Assert.False(desk.HasWork(scope, cleanup: false), "nobody is woken for it");
        Assert.False(scope.Token.IsCancellationRequested);

        Assert.Throws<KeyboardInterruptException>(shield.Dispose);
        Assert.Equal([typeof(InterruptDeferredMessage), typeof(InterruptTakenMessage)], Told.Select(frame => frame.GetType()));
        Assert.Equal(RunOutcome.Interrupted, desk.End(scope, Nothing, 0)!.Outcome);
    }

    [Fact]
    public void Each_word_that_is_held_off_is_told_of()
    {
        var scope = Begin(1);
        for (var time = 1; time <= 3; time++)
        {
            using (var shield = Shield(Minute))
            {
                AskFor(1, Signal.Interrupt);
                Pass(scope);
                desk.Caught(Assert.Throws<KeyboardInterruptException>(shield.Dispose), mayRethrow: false);
            }

            Assert.Equal(time, Told.OfType<InterruptDeferredMessage>().Count());
        }
    }

    [Fact]
    public void A_strangers_signal_is_held_off_too()
    {
        var scope = Begin(1);
        var shield = Shield(Minute);
        Write(new InterruptWord((byte)Signal.Interrupt));
        Pass(scope);
        Assert.Equal((ulong)Signal.Interrupt, Assert.IsType<InterruptDeferredMessage>(Assert.Single(Told)).Word);
        Assert.Throws<KeyboardInterruptException>(shield.Dispose);
    }

    [Fact]
    public void A_handler_is_called_at_the_end_of_the_shield()
    {
        var scope = Begin(1);
        var calls = 0;
        desk.Handle(Signal.User1, _ => calls++);
        using (Shield(Minute))
        {
            AskFor(1, Signal.User1);
            Pass(scope);
            Assert.Equal(0, calls);
        }

        Assert.Equal(1, calls);
        Assert.Equal([typeof(InterruptDeferredMessage), typeof(InterruptTakenMessage), typeof(InterruptHandledMessage)], Told.Select(frame => frame.GetType()));
    }

    [Fact]
    public void What_nobody_handles_does_not_wait_for_the_shield_to_be_ignored()
    {
        Begin(1);
        using var shield = Shield(Minute);
        AskFor(1, Signal.User1);
        desk.Check();
        Assert.Equal(HandledBy.Ignored, Assert.IsType<InterruptHandledMessage>(poster.Frames[^1]).By);
        Assert.Empty(Told.OfType<InterruptDeferredMessage>());
        Assert.Equal(0ul, page.View.ReadWord().Bits);
    }

    [Fact]
    public void When_its_time_is_up_it_holds_nothing_off_and_its_end_is_none()
    {
        var scope = Begin(1);
        var before = MonotonicClock.Nanos;
        var shield = Shield(Short);
        AskFor(1, Signal.Interrupt);
        Assert.Throws<KeyboardInterruptException>(CheckUntilItRaises);
        Assert.True(MonotonicClock.Nanos - before >= Short.TotalNanoseconds, "It came too soon.");
        desk.Caught(new KeyboardInterruptException(Signal.Interrupt, default, scope.Token) { Run = 1 }, mayRethrow: false);
        shield.Dispose();
        Assert.Single(Told.OfType<InterruptTakenMessage>());
    }

    [Fact]
    public void A_wait_goes_on_in_a_shield_and_ends_when_its_time_is_up()
    {
        var scope = Begin(1);
        using var waits = new ManualResetEventSlim();
        Exception? ended = null;
        var before = MonotonicClock.Nanos;
        var waiter = new Thread(() =>
        {
            _ = Shield(Short);
            waits.Set();
            ended = Record.Exception(() => desk.Sleep(Timeout.InfiniteTimeSpan));
        });
        waiter.Start();
        waits.Wait();
        AskFor(1, Signal.Interrupt);
        do
        {
            // As the watcher does: again and again while something is pending.
            desk.Attend(scope);
        }
        while (!waiter.Join(TimeSpan.FromMilliseconds(1)));

        Assert.IsType<KeyboardInterruptException>(ended);
        Assert.True(MonotonicClock.Nanos - before >= Short.TotalNanoseconds, "It came too soon.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Insist_goes_through(bool afterSignal)
    {
        var scope = Begin(1);
        var shield = Shield(Minute);
        if (afterSignal)
        {
            AskFor(1, Signal.Interrupt);
            Pass(scope);
        }

        Write(new InterruptWord(1, Signal.Interrupt, default, InterruptRung.Insist));
        var raised = Assert.Throws<KeyboardInterruptException>(desk.Check);
        Assert.True(DeliveryDesk.PassesInterruptCatch(raised));
        Assert.Equal(afterSignal ? 1 : 0, Told.OfType<InterruptDeferredMessage>().Count());
        Assert.Equal(InterruptRung.Insist, new InterruptWord(Told.OfType<InterruptTakenMessage>().Single().Word).Rung);
        shield.Dispose();
        Assert.Throws<KeyboardInterruptException>(desk.Check);
    }

    [Fact]
    public void A_shield_in_a_shield_ends_nothing()
    {
        var scope = Begin(1);
        var outer = Shield(Minute);
        using (Shield(Minute))
        {
            AskFor(1, Signal.Interrupt);
            Pass(scope);
        }

        Pass(scope);
        Assert.Single(Told);
        Assert.Throws<KeyboardInterruptException>(outer.Dispose);
    }

    [Fact]
    public void The_last_one_to_end_delivers_whichever_it_is()
    {
        var scope = Begin(1);
        var outer = Shield(Minute);
        var inner = Shield(Minute);
        AskFor(1, Signal.Interrupt);
        outer.Dispose();
        outer.Dispose();
        Pass(scope);
        Assert.Throws<KeyboardInterruptException>(inner.Dispose);
    }

    [Fact]
    public void A_longer_shield_lengthens_as_long_as_nothing_waits()
    {
        var scope = Begin(1);
        var until = scope.ShieldedUntilNanos;
        Assert.Equal(0, until);
        using var outer = Shield(Short);
        until = scope.ShieldedUntilNanos;
        using (Shield(Minute))
        {
            Assert.True(scope.ShieldedUntilNanos - until > Short.TotalNanoseconds);
        }

        Assert.Equal(until, scope.ShieldedUntilNanos);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_new_shield_does_not_hold_off_longer_what_waits_already(bool isLocal)
    {
        var scope = Begin(1);
        var outer = Shield(10 * Short);
        var until = scope.ShieldedUntilNanos;
        if (isLocal)
        {
            desk.InterruptLocally(scope, InterruptReason.Deadline);
        }
        else
        {
            AskFor(1, Signal.Interrupt);
        }

        // The checkpoint of a shield's start raises, should the time be up already: then all was held off long enough.
        var raised = Record.Exception(() =>
        {
            using var inner = Shield(Minute);
            Assert.Equal(until, scope.ShieldedUntilNanos);
            outer.Dispose();
            Assert.Equal(until, scope.ShieldedUntilNanos);
            CheckUntilItRaises();
        });
        Assert.IsType<KeyboardInterruptException>(raised);
        Assert.True(MonotonicClock.Nanos >= until, "It came too soon.");
    }

    [Fact]
    public void A_deadline_is_held_off_and_told_of_at_the_runs_end_only()
    {
        var scope = Begin(1);
        var shield = Shield(Minute);
        desk.InterruptLocally(scope, InterruptReason.Deadline);
        Pass(scope);
        Assert.Empty(Told);
        Assert.Throws<KeyboardInterruptException>(shield.Dispose);
        var completed = desk.End(scope, Nothing, 0)!;
        Assert.Equal((RunOutcome.Interrupted, InterruptReason.Deadline), (completed.Outcome, completed.Reason));
    }

    [Fact]
    public void A_run_that_ends_in_its_shield_was_not_interrupted_and_the_next_is_not_shielded()
    {
        var scope = Begin(1);
        var shield = Shield(Minute);
        AskFor(1, Signal.Interrupt);
        var completed = desk.End(scope, Nothing, 0)!;
        Assert.Equal(RunOutcome.Succeeded, completed.Outcome);
        Assert.IsType<InterruptDeferredMessage>(Assert.Single(Told));
        Assert.Equal(0ul, page.View.ReadWord().Bits);
        Assert.Null(desk.BeginShield(scope, Minute, inCleanup: false));

        Begin(2);
        AskFor(2, Signal.Interrupt);
        shield.Dispose();
        Assert.Throws<KeyboardInterruptException>(desk.Check);
    }

    [Fact]
    public void A_shield_is_not_set_up_in_a_run_that_is_interrupted_already()
    {
        var scope = Begin(1);
        AskFor(1, Signal.Interrupt);
        Assert.Throws<KeyboardInterruptException>(() => Shield(Minute));
        Assert.Equal(0, scope.ShieldedUntilNanos);
    }

    [Fact]
    public void Without_a_run_there_is_nothing_to_hold_off()
    {
        Shield(Minute).Dispose();
        var scope = Begin(1);
        AskFor(1, Signal.Interrupt);
        RunScope.Current = null;
        using (Shield(Minute))
        {
            Assert.Equal(0, scope.ShieldedUntilNanos);
        }

        Assert.True(page.View.ReadWord().HasRequest);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_shield_that_ends_in_its_own_finally_raises_and_in_further_clean_up_does_not(int depth)
    {
        EnterUserCode(Begin(1), () =>
        {
            var shield = Shield(Minute);
            AskFor(1, Signal.Interrupt);
            for (var entered = 0; entered < depth; entered++)
            {
                CleanupDepth.Enter();
            }

            var raised = Record.Exception(shield.Dispose);
            for (var entered = 0; entered < depth; entered++)
            {
                CleanupDepth.Exit();
            }

            Assert.Equal(depth == 1, raised is KeyboardInterruptException);
            Assert.Throws<KeyboardInterruptException>(desk.Check);
        });
    }

    [Fact]
    public void A_shield_that_was_set_up_in_clean_up_ends_there_without_raising()
    {
        EnterUserCode(Begin(1), () =>
        {
            CleanupDepth.Enter();
            var shield = Shield(Minute);
            AskFor(1, Signal.Interrupt);
            shield.Dispose();
            CleanupDepth.Exit();
            Assert.Throws<KeyboardInterruptException>(desk.Check);
        });
    }

    [Fact]
    public void A_thread_of_no_run_ends_a_shield_and_the_runs_own_takes()
    {
        Begin(1);
        var shield = Shield(Minute);
        AskFor(1, Signal.Interrupt);
        using (ExecutionContext.SuppressFlow())
        {
            var other = new Thread(shield.Dispose);
            other.Start();
            other.Join();
        }

        Assert.Throws<KeyboardInterruptException>(desk.Check);
    }

    [Fact]
    public void Foreign_code_is_told_nothing_before_the_shield_ends_and_takes_by_itself()
    {
        var scope = Begin(1);
        var foreign = new ForeignCode { Handles = Signal.User1 };
        Assert.True(desk.EnterForeign(scope, foreign));
        var shield = desk.BeginShield(scope, Minute, inCleanup: false)!;
        AskFor(1, Signal.User1);
        desk.Attend(scope);
        Assert.Equal(WordAction.Defer, desk.TakeForeign(scope, out _));
        Assert.Equal(0, foreign.Attended);
        Assert.IsType<InterruptDeferredMessage>(Assert.Single(Told));

        shield.Dispose();
        Assert.Equal(1, foreign.Attended);
        Assert.Equal(WordAction.Handle, desk.TakeForeign(scope, out var taken));
        Assert.Equal(Signal.User1, taken.Signal);
    }

    private IDisposable Shield(TimeSpan bound) => ((IInterruptHost)desk).Shield(bound);

    private void AskFor(uint run, Signal signal, InterruptRung rung = InterruptRung.Signal) => Write(new InterruptWord(run, signal, InterruptReason.User, rung));

    /// <summary>All that looks for something to do: nothing of it acts while a shield holds.</summary>
    private void Pass(RunScope scope)
    {
        for (var time = 0; time < 3; time++)
        {
            desk.Check();
            desk.Attend(scope);
        }
    }

    private void CheckUntilItRaises()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!limit.IsCancellationRequested)
        {
            desk.Check();
            Thread.Yield();
        }
    }
}
