using System.Runtime.Versioning;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Engines;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>
/// Delivers: takes what stands in the word for the current run, makes the run unwind, runs handlers, and closes the book
/// at the run's end. The one lock makes each step atomic with the frame that reports it.
/// </summary>
/// <remarks>PROTOCOL.md and the model in tests/Model say what must hold. Members may be called from any thread unless said otherwise.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class DeliveryDesk : IInterruptHost
{
    private readonly Lock gate = new();
    private readonly InterruptPage page;
    private readonly IFramePoster frames;
    private readonly Action<Signal>?[] handlers = new Action<Signal>?[(int)Signal.Max + 1];

    /// <summary>Everything of ours that user code can be blocked in waits on this, so that one pulse wakes it all.</summary>
    private readonly object pulse = new();
    private int waiters;
    private volatile RunScope? current;

    public DeliveryDesk(InterruptPage page, IFramePoster frames)
    {
        this.page = page;
        this.frames = frames;
    }

    /// <summary>Called after a run became current or asked something of the watcher.</summary>
    public Action WakeWatcher { get; set; } = static () => { };

    /// <summary>The run being executed.</summary>
    public RunScope? Current => current;

    CancellationToken IInterruptHost.Token => RunScope.Current?.Token ?? CancellationToken.None;

    /// <summary>Start of a run: what stands in the word for another run, or for whichever, is not for this one.</summary>
    /// <remarks>Queues RunStarted in the same step: the watcher may take a request at once, and its frame must come after.</remarks>
    public RunScope Begin(uint number, long startedNanos, long deadlineNanos)
    {
        var scope = new RunScope(this, number, deadlineNanos);
        lock (gate)
        {
            var view = page.View;
            InterruptWord word;
            while ((word = view.ReadWord()).Bits != 0 && word.Run != number)
            {
                view.CompareExchangeWord(default, word);
            }

            view.CurrentRun = number;
            view.State = WorkerState.Running;
            current = scope;
            frames.PostLazily(new RunStartedMessage(number, startedNanos));
        }

        WakeWatcher();
        if (page.View.ReadWord().HasRequest)
        {
            // Written between RunCode and now: the watcher may have looked before there was a run.
            Attend(scope);
        }

        return scope;
    }

    /// <summary>End of a run: closes it, drains the word, and only then queues the frame.</summary>
    public RunCompletedMessage End(RunScope scope, EngineResult result, long startedNanos)
    {
        lock (gate)
        {
            scope.Ended = true;
            current = null;
            var view = page.View;
            view.CurrentRun = 0;
            InterruptWord word;
            while ((word = view.ReadWord()).Bits != 0)
            {
                view.CompareExchangeWord(default, word);
            }

            var ended = MonotonicClock.Nanos;
            view.State = WorkerState.Idle;
            view.UnwoundNanos = ended;
            var rethrown = result.Escaped is KeyboardInterruptException interrupt && interrupt.Run == scope.Number;
            return scope.Unwinding switch
            {
                Unwinding.Exit => new RunCompletedMessage(scope.Number, RunOutcome.Succeeded, default, null, null, scope.ExitCode, startedNanos, ended),
                Unwinding.Interrupt => Interrupted(),
                _ when rethrown => Interrupted(),
                _ when result.Error is not null => new RunCompletedMessage(scope.Number, RunOutcome.Failed, default, null, result.Error, null, startedNanos, ended),
                _ => new RunCompletedMessage(scope.Number, RunOutcome.Succeeded, default, result.Value, null, null, startedNanos, ended),
            };

            RunCompletedMessage Interrupted() =>
                new(scope.Number, RunOutcome.Interrupted, scope.Cause.Reason, null, result.Error, null, startedNanos, ended);
        }
    }

    /// <summary>The slow path of a checkpoint, and <see cref="Interrupt.Check"/>.</summary>
    /// <exception cref="KeyboardInterruptException">The calling thread's run unwinds, and the caller is not in clean-up.</exception>
    public void Check()
    {
        if (current?.Foreign is not null && RunScope.Current is { Ended: false, Foreign: { } foreign })
        {
            foreign.Check();
            return;
        }

        var word = page.View.ReadWord();
        if (word.Bits == 0)
        {
            return;
        }

        var cleanup = CleanupDepth.InCleanup;
        if (cleanup && IsDeferrable(word) && current is not { UnwindsForGood: true })
        {
            // Clean-up of an unwinding run comes here at every checkpoint; nothing below would act.
            return;
        }

        if (RunScope.Current is not { } scope)
        {
            return;
        }

        TakeAll(scope, cleanup);
        ThrowIfUnwinding(scope, cleanup);
    }

    /// <summary>Waits until the condition holds; an interrupt of the calling thread's run ends the wait by raising.</summary>
    /// <param name="condition">Cheap; read under a lock. Whoever makes it true calls <see cref="Pulse"/>.</param>
    /// <param name="timeout">How long; infinite waits for ever.</param>
    /// <returns>Whether the condition holds.</returns>
    public bool WaitUntil(Func<bool> condition, TimeSpan timeout)
    {
        var until = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : MonotonicClock.Nanos + (timeout.Ticks * 100);
        while (true)
        {
            Check();
            lock (pulse)
            {
                var scope = RunScope.Current;
                var cleanup = CleanupDepth.InCleanup;
                while (!(scope is not null && HasWork(scope, cleanup)))
                {
                    if (condition())
                    {
                        return true;
                    }

                    if (!WaitForPulse(until))
                    {
                        return false;
                    }
                }
            }
        }
    }

    /// <summary>Wakes every <see cref="WaitUntil"/> to look again.</summary>
    public void Pulse()
    {
        lock (pulse)
        {
            if (waiters > 0)
            {
                Monitor.PulseAll(pulse);
            }
        }
    }

    /// <summary>The run takes its time to unwind: what it took is told without waiting for its end.</summary>
    public void TellTaken() => frames.Flush();

    /// <summary>The watcher saw something for the run: wakes what waits, and takes in place of host code.</summary>
    public void Attend(RunScope scope)
    {
        IForeignCode? foreign;
        lock (gate)
        {
            foreign = scope.Ended ? null : scope.Foreign;
            if (foreign is { IsInDotNet: true } && DecideNext(scope, cleanup: false) == WordAction.Raise)
            {
                scope.CancelToken();
            }

            if (!scope.Ended && ExplainsTrip(scope))
            {
                // Somebody may have written over the trip byte.
                SetTrip();
            }

            if (!scope.Ended && scope.Phase == RunPhase.Host)
            {
                while (DecideNext(scope, cleanup: false) is WordAction.Raise or WordAction.Discard)
                {
                    TakeNext(scope, cleanup: false, out _);
                }
            }
        }

        foreign?.Attend();
        Pulse();
    }

    /// <summary>The run's code is foreign from now on: it takes by itself, through <see cref="TakeForeign"/>.</summary>
    /// <returns>False when the run unwinds already; then the code must not begin.</returns>
    public bool EnterForeign(RunScope scope, IForeignCode code)
    {
        lock (gate)
        {
            if (scope.Unwinding != Unwinding.None)
            {
                return false;
            }

            scope.Foreign = code;
            scope.Phase = RunPhase.User;
            return true;
        }
    }

    /// <summary>Takes the next thing for a run of foreign code, which does what the answer says.</summary>
    /// <remarks>Raise: see <see cref="SettleForeign"/>. Handle: <see cref="ReportHandled"/> or <see cref="RaiseForeign"/> must follow.</remarks>
    public WordAction TakeForeign(RunScope scope, out InterruptWord taken)
    {
        lock (gate)
        {
            return TakeNext(scope, cleanup: false, out taken);
        }
    }

    /// <summary>A handler of foreign code made a word that it was called for an interrupt.</summary>
    public void RaiseForeign(RunScope scope, InterruptWord taken)
    {
        lock (gate)
        {
            StartForeignRaise(scope, taken);
        }
    }

    /// <summary>Foreign code has caught an interrupt, and goes on.</summary>
    public void SettleForeign(RunScope scope, InterruptWord raised)
    {
        lock (gate)
        {
            if (scope.Ended || !scope.Raised.Remove(raised))
            {
                return;
            }

            frames.Post(new InterruptHandledMessage(scope.Number, raised.Bits, HandledBy.Catch, MonotonicClock.Nanos));
            if (scope.Raised.Count == 0)
            {
                scope.RenewToken();
                page.View.State = WorkerState.Running;
            }
        }
    }

    /// <summary>Foreign code is over. What comes from now on is too late.</summary>
    public void LeaveForeign(RunScope scope, ForeignEnd end, int exitCode = 0)
    {
        lock (gate)
        {
            if (end == ForeignEnd.Exited)
            {
                scope.Unwinding = Unwinding.Exit;
                scope.ExitCode = exitCode;
            }
            else if (end == ForeignEnd.Interrupted)
            {
                scope.Unwinding = Unwinding.Interrupt;
                scope.Cause = scope.Raised[0];
            }
        }
    }

    /// <summary>A request of the worker's own: a deadline, the shutdown.</summary>
    public void InterruptLocally(RunScope scope, InterruptReason reason)
    {
        lock (gate)
        {
            if (scope.Ended || scope.Local.HasRequest)
            {
                return;
            }

            scope.Local = new InterruptWord(run: 0, Signal.Interrupt, reason, InterruptRung.Signal);
            SetTrip();
        }

        Attend(scope);
    }

    /// <summary>Swaps the buffer, moves what was left in the old one, and queues the answer: one step, so that frames keep the order of the facts.</summary>
    /// <param name="set">The request.</param>
    /// <returns>The old buffer, for the caller to bring the watcher off and dispose of; <see langword="null"/> if there was none.</returns>
    public InterruptPage.OldBuffer? SwapBuffer(SetInterruptBufferMessage set)
    {
        lock (gate)
        {
            InterruptPage.OldBuffer? old;
            try
            {
                old = page.Swap(set.Path);
            }
            catch (IOException exception)
            {
                frames.Post(new InterruptBufferSetMessage(set.Request, exception.Message));
                return null;
            }

            var view = page.View;
            view.CurrentRun = current?.Number ?? 0;
            view.State = current is null ? WorkerState.Idle : WorkerState.Running;
            if (old is not null)
            {
                MoveForeignRequest(old.View);
            }

            if (current is { } scope && ExplainsTrip(scope))
            {
                SetTrip();
            }

            frames.Post(new InterruptBufferSetMessage(set.Request, null));
            return old;
        }
    }

    public Action<Signal>? Handle(Signal signal, Action<Signal>? handler)
    {
        lock (gate)
        {
            var before = handlers[(int)signal];
            handlers[(int)signal] = handler;
            return before;
        }
    }

    /// <summary>The session is reset: every signal has its default again.</summary>
    public void ForgetHandlers()
    {
        lock (gate)
        {
            Array.Clear(handlers);
        }
    }

    public void Sleep(TimeSpan duration) => WaitUntil(static () => false, duration);

    public void EnterPhase(RunScope scope, RunPhase phase)
    {
        lock (gate)
        {
            scope.Phase = phase;
        }

        ThrowIfUnwinding(scope, cleanup: false);
    }

    public void LeavePhase(RunScope scope)
    {
        lock (gate)
        {
            scope.Phase = RunPhase.Host;
        }
    }

    /// <summary>See <see cref="IRunScope.Wait"/>. Called by the run thread.</summary>
    public void WaitFor(RunScope scope, Task task)
    {
        if (task.IsCompleted)
        {
            return;
        }

        task.ConfigureAwait(ConfigureAwaitOptions.None).GetAwaiter().UnsafeOnCompleted(Pulse);
        lock (gate)
        {
            scope.Phase = RunPhase.Waiting;
        }

        while (true)
        {
            lock (pulse)
            {
                while (!task.IsCompleted && !HasNewWork(scope))
                {
                    WaitForPulse(long.MaxValue);
                }
            }

            if (task.IsCompleted)
            {
                break;
            }

            try
            {
                TakeAll(scope, cleanup: false);
            }
            catch (KeyboardInterruptException)
            {
                // A handler raised: the run unwinds now, and its task with it. Nothing to raise on this thread.
            }
        }

        LeavePhase(scope);
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

        lock (gate)
        {
            scope.Unwinding = Unwinding.Exit;
            scope.ExitCode = exitCode;
            BringThreadsDown(scope);
        }

        throw scope.CreateUnwindingException();
    }

    /// <summary>Asked by a clause that catches everything.</summary>
    public static bool PassesCatchAll(object exception) => exception is KeyboardInterruptException or RunExitException
        || (RunScope.Current is { } scope && scope.Unwinding != Unwinding.None && UnwindingException.IsWithin(exception as Exception, scope.Token));

    /// <summary>Asked by a clause for interrupts.</summary>
    public static bool PassesInterruptCatch(object exception) => exception is RunExitException
        || (RunScope.Current is { UnwindsForGood: true } scope && UnwindingException.IsWithin(exception as Exception, scope.Token));

    /// <summary>A clause for interrupts was entered.</summary>
    /// <param name="exception">What it caught.</param>
    /// <param name="mayRethrow">Whether <see cref="CatchLeft"/> or <see cref="CatchRethrows"/> follows.</param>
    public void Caught(object exception, bool mayRethrow)
    {
        if (RunScope.Current is not { } scope)
        {
            return;
        }

        lock (gate)
        {
            // An insist may have been taken by another thread since the filter was asked.
            if (scope.Unwinding != Unwinding.Interrupt || scope.UnwindsForGood || !UnwindingException.IsWithin(exception as Exception, scope.Token))
            {
                return;
            }

            scope.Unwinding = Unwinding.None;
            scope.Caught.AddRange(scope.Raised);
            scope.Raised.Clear();
            scope.RenewToken();
            page.View.State = WorkerState.Running;
            ClearTrip(scope);
            if (!mayRethrow)
            {
                ReportCaught(scope);
            }
        }
    }

    public void CatchLeft()
    {
        if (RunScope.Current is { } scope)
        {
            lock (gate)
            {
                ReportCaught(scope);
            }
        }
    }

    public void CatchRethrows()
    {
        if (RunScope.Current is { } scope)
        {
            lock (gate)
            {
                if (scope.Caught.Count > 0 && !scope.Ended)
                {
                    scope.Raised.AddRange(scope.Caught);
                    scope.Caught.Clear();
                    scope.Unwinding = Unwinding.Interrupt;
                    BringThreadsDown(scope);
                }
            }
        }
    }

    private static void ThrowIfUnwinding(RunScope scope, bool cleanup)
    {
        if (scope.Unwinding != Unwinding.None && (!cleanup || scope.UnwindsForGood))
        {
            throw scope.CreateUnwindingException();
        }
    }

    /// <summary>
    /// Moves a foreign writer's request (run 0) out of the old buffer, for the run that was current before the swap and is so
    /// still. The controller's own request stays there: it reads it back when it gets the answer, and writes it again.
    /// </summary>
    private void MoveForeignRequest(InterruptMapView old)
    {
        InterruptWord left;
        InterruptWord rest;
        do
        {
            left = old.ReadWord();
            rest = left.Run == 0 ? default : left.WithoutTrip;
        }
        while (left != rest && old.CompareExchangeWord(rest, left) != left);

        InterruptWord word;
        while (left.Run == 0 && left.HasRequest && current is not null
            && !(word = page.View.ReadWord()).HasRequest
            && page.View.CompareExchangeWord(new InterruptWord(word.Bits | left.WithoutTrip.Bits), word) != word)
        {
        }
    }

    private static bool IsDeferrable(InterruptWord word) =>
        !word.HasRequest || (word.Signal == Signal.Interrupt && word.Rung == InterruptRung.Signal);

    private static bool ExplainsTrip(RunScope scope) => scope.Unwinding != Unwinding.None || scope.Local.HasRequest;

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

    private void ReportCaught(RunScope scope)
    {
        if (!scope.Ended)
        {
            foreach (var word in scope.Caught)
            {
                frames.Post(new InterruptHandledMessage(scope.Number, word.Bits, HandledBy.Catch, MonotonicClock.Nanos));
            }
        }

        scope.Caught.Clear();
    }

    /// <summary>One step under the lock: the run's own request first, then the word, by compare-exchange so that no write is lost.</summary>
    private WordAction TakeNext(RunScope scope, bool cleanup, out InterruptWord taken)
    {
        taken = default;
        if (scope.Ended || current != scope)
        {
            return WordAction.None;
        }

        if (scope.Local.HasRequest && Decide(scope, scope.Local, cleanup) is var localAction and not WordAction.Defer)
        {
            taken = scope.Local;
            scope.Local = default;
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

    /// <summary>Foreign code unwinds by itself, and may catch: it is asked once, and only its end tells whether the run was interrupted.</summary>
    private void StartForeignRaise(RunScope scope, InterruptWord taken)
    {
        scope.Raised.Add(taken);
        page.View.State = WorkerState.Raising;
        page.View.RaisedNanos = MonotonicClock.Nanos;

        // For .NET code that the foreign code waits for.
        scope.CancelToken();
    }

    /// <summary>Makes every thread of an unwinding run notice: at checkpoints, in our waits, in awaits on its token.</summary>
    private void BringThreadsDown(RunScope scope)
    {
        SetTrip();
        scope.CancelToken();
        Pulse();
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
            return foreign.Decide(word.Signal);
        }

        var handled = handlers[(int)word.Signal] is not null;
        if (!handled && word.Signal != Signal.Interrupt)
        {
            return WordAction.Ignore;
        }

        if (cleanup)
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
    private bool HasWork(RunScope scope, bool cleanup) =>
        (scope.Unwinding != Unwinding.None && (!cleanup || scope.UnwindsForGood)) || HasNewWork(scope, cleanup) || (!scope.Ended && scope.Foreign is { HasWork: true });

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
    private void ClearTrip(RunScope scope)
    {
        InterruptWord word;
        while (!ExplainsTrip(scope) && (word = page.View.ReadWord()).Tripped && page.View.CompareExchangeWord(word.WithoutTrip, word) != word)
        {
        }
    }

    /// <returns>False when the time is over. Called with <see cref="pulse"/> held.</returns>
    private bool WaitForPulse(long untilNanos)
    {
        waiters++;
        try
        {
            if (untilNanos == long.MaxValue)
            {
                Monitor.Wait(pulse);
                return true;
            }

            var remaining = untilNanos - MonotonicClock.Nanos;
            if (remaining <= 0)
            {
                return false;
            }

            Monitor.Wait(pulse, TimeSpan.FromTicks(Math.Max(1, remaining / 100)));
            return true;
        }
        finally
        {
            waiters--;
        }
    }
}
