using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <content>Taking what is asked, and raising it.</content>
internal sealed partial class DeliveryDesk
{
    /// <summary>The slow path of a checkpoint, and <see cref="Interrupt.Check"/>.</summary>
    /// <exception cref="KeyboardInterruptException">The calling thread's run unwinds, and the caller is not in clean-up.</exception>
    public void Check()
    {
        var word = page.View.ReadWord();
        if ((word.Bits == 0 && current?.Foreign is null) || RunScope.Current is not { } scope)
        {
            return;
        }

        TellIfAsked(scope);
        var cleanup = CleanupDepth.InCleanup;
        if (scope.ForeignInCharge is { } foreign)
        {
            if (!cleanup || foreign.HasWork || !IsDeferrable(word, scope))
            {
                foreign.Check();
            }

            return;
        }

        // These come here at every checkpoint while the trip byte stands, and nothing below would act.
        if (!word.HasRequest && IsTripOfOthers(scope))
        {
            return;
        }

        if (cleanup && IsDeferrable(word, scope) && scope.Local.Rung != InterruptRung.Insist && !scope.UnwindsForGood)
        {
            return;
        }

        TakeAndRaise(scope, cleanup);
    }

    /// <summary>Takes what is asked of the run, and raises if it unwinds.</summary>
    /// <exception cref="KeyboardInterruptException">It does, and the caller is not in clean-up.</exception>
    public void TakeAndRaise(RunScope scope, bool cleanup)
    {
        if (scope.ForeignInCharge is { } foreign)
        {
            if (!cleanup || HasWork(scope, cleanup))
            {
                foreign.Check();
            }

            return;
        }

        TakeAll(scope, cleanup);
        ThrowIfUnwinding(scope, cleanup);
    }

    /// <summary>A thread is in the code of a run that is over and was to stop: lets the trip byte stand long enough for it to see.</summary>
    public void StopCondemned()
    {
        Volatile.Write(ref tripHeldUntilNanos, MonotonicClock.Nanos + TripHoldNanos);
        SetTrip();
        WakeWatcher();
    }

    /// <summary>No run is current and no thread is to be stopped.</summary>
    public void ClearIdleTrip()
    {
        lock (gate)
        {
            if (current is null)
            {
                Volatile.Write(ref tripHeldUntilNanos, 0);
                ClearTrip(null);
            }
        }
    }

    /// <summary>Code called <c>Environment.Exit</c>.</summary>
    public void Exit(int exitCode)
    {
        var scope = RunScope.Current;
        if (scope is null || scope.Ended)
        {
            // A thread that outlived its run, or is of none, has no run to end; the worker is not its to end either.
            throw new InvalidOperationException("Environment.Exit was called outside a run; it ends runs only.");
        }

        if (scope.ForeignInCharge is not null)
        {
            // Code that it called: it unwinds by itself, and may catch.
            throw new RunExitException(exitCode);
        }

        lock (gate)
        {
            scope.Unwinding = Unwinding.Exit;
            scope.ExitCode = exitCode;
            BringThreadsDown(scope);
        }

        throw scope.CreateUnwindingException();
    }

    private static void ThrowIfUnwinding(RunScope scope, bool cleanup)
    {
        if (scope.Unwinding != Unwinding.None && (!cleanup || scope.UnwindsForGood))
        {
            throw scope.CreateUnwindingException();
        }
    }

    private static bool IsDeferrable(InterruptWord word, RunScope scope) =>
        !word.HasRequest || (word.Signal == Signal.Interrupt && word.Rung == InterruptRung.Signal && word.IsFor(scope.Number));

    private static bool ExplainsTrip(RunScope scope) => scope.Unwinding != Unwinding.None || scope.Local.HasRequest || scope.IsAsked;

    /// <summary>Whether the trip byte stands for threads of a run that is over, and not for this run.</summary>
    private bool IsTripOfOthers(RunScope scope) => !ExplainsTrip(scope) && IsTripHeld;

    private bool IsTripHeld => MonotonicClock.Nanos < Volatile.Read(ref tripHeldUntilNanos);

    /// <summary>Takes everything that is for the run, running handlers outside the lock.</summary>
    private void TakeAll(RunScope scope, bool cleanup)
    {
        while (true)
        {
            InterruptWord taken;
            WordAction action;
            Action<Signal>? handler;
            lock (gate)
            {
                action = TakeNext(scope, cleanup, out taken);
                handler = action == WordAction.Handle ? handlers[(int)taken.Signal] : null;
            }

            switch (action)
            {
                case WordAction.None or WordAction.Defer:
                    return;
                case WordAction.Handle:
                    RunHandler(scope, taken, handler!);
                    break;
                default:
                    break;
            }
        }
    }

    private void RunHandler(RunScope scope, InterruptWord taken, Action<Signal> handler)
    {
        scope.HandlerBegan();
        try
        {
            handler(taken.Signal);
        }
        catch (KeyboardInterruptException)
        {
            // As Python's default_int_handler: a handler that raises makes the interrupt one.
            lock (gate)
            {
                if (scope.Unwinding == Unwinding.None && !scope.Ended)
                {
                    StartUnwinding(scope, taken);
                }
                else
                {
                    scope.Raised.Add(taken);
                }
            }

            throw;
        }
        catch
        {
            ReportHandled(scope, taken, HandledBy.Handler);
            throw;
        }
        finally
        {
            scope.HandlerEnded();
        }

        ReportHandled(scope, taken, HandledBy.Handler);
    }

    /// <summary>A handler has run for a word.</summary>
    public void ReportHandled(RunScope scope, InterruptWord taken, HandledBy by)
    {
        lock (gate)
        {
            if (!scope.Ended)
            {
                frames.Post(new InterruptHandledMessage(scope.Number, taken.Bits, by, MonotonicClock.Nanos));
            }
        }
    }

    /// <summary>One step under the lock: the run's own request first, then the word, by compare-exchange so that no write is lost.</summary>
    private WordAction TakeNext(RunScope scope, bool cleanup, out InterruptWord taken)
    {
        taken = default;
        if (scope.Ended || current != scope)
        {
            return WordAction.None;
        }

        NoteHeldOff(scope);
        if (scope.Local.HasRequest && Decide(scope, scope.Local, cleanup) is var localAction and not WordAction.Defer)
        {
            taken = scope.Local;
            scope.Local = default;
            scope.HoldsOffLocal = false;
            Apply(scope, localAction, taken);
            ClearTrip(scope);
            return localAction;
        }

        while (true)
        {
            var word = page.View.ReadWord();
            var action = Decide(scope, word, cleanup);
            if (action is WordAction.None or WordAction.Defer)
            {
                if (action == WordAction.None && word.Tripped)
                {
                    ClearTrip(scope);
                }

                return action;
            }

            if (page.View.CompareExchangeWord(word.Cleared, word) != word)
            {
                continue;
            }

            taken = word.WithoutTrip;
            scope.HeldOff = default;
            if (action != WordAction.Discard)
            {
                Apply(scope, action, taken);
            }

            return action;
        }
    }

    private void Apply(RunScope scope, WordAction action, InterruptWord taken)
    {
        var now = MonotonicClock.Nanos;
        page.View.TakenNanos = now;
        if (action == WordAction.Raise)
        {
            // The run is about to unwind and to be reported; waking the sender now would only get in its way.
            frames.PostLazily(new InterruptTakenMessage(scope.Number, taken.Bits, now));
        }
        else
        {
            frames.Post(new InterruptTakenMessage(scope.Number, taken.Bits, now));
        }

        if (action == WordAction.Raise && scope.Foreign is not null)
        {
            StartForeignRaise(scope, taken);
        }
        else if (action == WordAction.Raise)
        {
            StartUnwinding(scope, taken);
        }
        else if (action == WordAction.Ignore)
        {
            frames.Post(new InterruptHandledMessage(scope.Number, taken.Bits, HandledBy.Ignored, now));
        }
    }

    private void StartUnwinding(RunScope scope, InterruptWord taken)
    {
        scope.Raised.Add(taken);
        if (scope.Unwinding == Unwinding.None)
        {
            scope.Unwinding = Unwinding.Interrupt;
            scope.Cause = taken;
            scope.Rung = taken.Rung;
        }
        else if (taken.Rung == InterruptRung.Insist)
        {
            scope.Rung = InterruptRung.Insist;
        }

        page.View.State = WorkerState.Raising;
        page.View.RaisedNanos = MonotonicClock.Nanos;
        BringThreadsDown(scope);
    }

    /// <summary>Makes every thread of an unwinding run notice: at checkpoints, in waits, in awaits.</summary>
    private void BringThreadsDown(RunScope scope)
    {
        SetTrip();
        scope.CancelTokens();
        EndAwaits(scope);
        Pulse();
        RunThread.KickAll(scope, scope.UnwindsForGood);
    }

    private WordAction Decide(RunScope scope, InterruptWord word, bool cleanup)
    {
        if (!word.HasRequest)
        {
            return WordAction.None;
        }

        if (!word.IsFor(scope.Number))
        {
            return WordAction.Discard;
        }

        if (scope.Unwinding == Unwinding.Exit)
        {
            // The run ends for good already: what comes now is too late, wherever the code that unwinds looks.
            return WordAction.Defer;
        }

        // Before the signal is looked at: a foreign write to byte 0 must not make an insist vanish.
        if (word.Rung == InterruptRung.Insist)
        {
            return WordAction.Raise;
        }

        if (word.Signal is Signal.None or > Signal.Max)
        {
            return WordAction.Ignore;
        }

        if (scope.Foreign is { } foreign)
        {
            var foreignAction = foreign.Decide(word.Signal);
            return foreignAction != WordAction.Ignore && (cleanup || IsShielded(scope)) ? WordAction.Defer : foreignAction;
        }

        if (scope.BringsHandlers && word.Signal != Signal.Interrupt)
        {
            // Whether it has a handler is not known before its code is there.
            return WordAction.Defer;
        }

        var handled = !scope.BringsHandlers && handlers[(int)word.Signal] is not null;
        if (!handled && word.Signal != Signal.Interrupt)
        {
            return WordAction.Ignore;
        }

        if (cleanup || IsShielded(scope))
        {
            return WordAction.Defer;
        }

        return handled ? WordAction.Handle : WordAction.Raise;
    }

    private WordAction DecideNext(RunScope scope, bool cleanup)
    {
        var local = Decide(scope, scope.Local, cleanup);
        return local is WordAction.None or WordAction.Defer ? Decide(scope, page.View.ReadWord(), cleanup) : local;
    }

    /// <summary>Whether <see cref="Check"/> would do something for a waiting thread of the run.</summary>
    public bool HasWork(RunScope scope, bool cleanup) => scope.ForeignInCharge is { } foreign
        ? foreign.TakesHere && (foreign.HasWork || HasNewWork(scope, cleanup))
        : (scope.Unwinding != Unwinding.None && (!cleanup || scope.UnwindsForGood)) || HasNewWork(scope, cleanup);

    private bool HasNewWork(RunScope scope, bool cleanup = false) =>
        !scope.Ended && current == scope && DecideNext(scope, cleanup) is not (WordAction.None or WordAction.Defer);

    private void SetTrip()
    {
        InterruptWord word;
        while (!(word = page.View.ReadWord()).Tripped && page.View.CompareExchangeWord(word.WithTrip, word) != word)
        {
        }
    }

    /// <summary>Clears a trip byte that nothing explains.</summary>
    private void ClearTrip(RunScope? scope)
    {
        InterruptWord word;
        while (!IsTripHeld && (scope is null || !ExplainsTrip(scope)) && (word = page.View.ReadWord()).Tripped && page.View.CompareExchangeWord(word.WithoutTrip, word) != word)
        {
        }
    }
}
