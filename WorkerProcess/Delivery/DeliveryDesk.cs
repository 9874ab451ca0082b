using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Engines;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>
/// Delivers: takes what stands in the word for the current run, makes the run unwind, runs handlers, and closes the book
/// at the run's end. The one lock makes each step atomic with the frame that reports it.
/// </summary>
/// <remarks>PROTOCOL.md and the model in tests/Model say what must hold. Members may be called from any thread unless said otherwise.</remarks>
internal sealed partial class DeliveryDesk : IInterruptHost
{
    /// <summary>How long the trip byte stands for threads of a run that is over: the current run goes slower meanwhile.</summary>
    private const long TripHoldNanos = 2_000_000;

    private readonly Lock gate = new();
    private readonly InterruptPage page;
    private readonly IFramePoster frames;
    private readonly Action<Signal>?[] handlers = new Action<Signal>?[(int)Signal.Max + 1];

    /// <summary>Everything of ours that user code can be blocked in waits on this, so that one pulse wakes it all.</summary>
    private readonly object pulse = new();
    private int waiters;

    /// <summary>The thread that waits for the run's task, while it does.</summary>
    private volatile int waitingThread;
    private volatile RunScope? current;
    private long tripHeldUntilNanos;
    private uint lastEnded;
    private bool terminated;

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
    /// <param name="number">The run's.</param>
    /// <param name="startedNanos">When it began.</param>
    /// <param name="deadlineNanos">When the watcher interrupts it.</param>
    /// <param name="bringsHandlers">The handlers for signals are those of its foreign code, which is still to come.</param>
    /// <remarks>Queues RunStarted in the same step: the watcher may take a request at once, and its frame must come after.</remarks>
    public RunScope Begin(uint number, long startedNanos, long deadlineNanos, bool bringsHandlers = false)
    {
        var scope = new RunScope(this, number, deadlineNanos) { BringsHandlers = bringsHandlers };
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
    /// <remarks>Threads that the run has started and left behind go on if it ended by itself, and stop if it was stopped.</remarks>
    /// <returns><see langword="null"/> when the worker ends because of this run: nothing more is said of it.</returns>
    public RunCompletedMessage? End(RunScope scope, EngineResult result, long startedNanos)
    {
        lock (gate)
        {
            if (terminated)
            {
                return null;
            }

            lastEnded = scope.Number;
            if (scope.Unwinding == Unwinding.None && result.Escaped is KeyboardInterruptException interrupt && interrupt.Run == scope.Number)
            {
                // Caught, and thrown again.
                scope.Unwinding = Unwinding.Interrupt;
                BringThreadsDown(scope);
            }

            NoteHeldOff(scope);
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
            if (scope.IsCondemned && RunThread.AnyCondemned())
            {
                StopCondemned();
            }

            return scope.Unwinding switch
            {
                Unwinding.Exit => new RunCompletedMessage(scope.Number, RunOutcome.Succeeded, default, null, null, scope.ExitCode, startedNanos, ended),
                Unwinding.Interrupt => new RunCompletedMessage(scope.Number, RunOutcome.Interrupted, scope.Cause.Reason, null, result.Error, null, startedNanos, ended),
                _ when result.Error is not null => new RunCompletedMessage(scope.Number, RunOutcome.Failed, default, null, result.Error, null, startedNanos, ended),
                _ => new RunCompletedMessage(scope.Number, RunOutcome.Succeeded, default, result.Value, null, null, startedNanos, ended),
            };
        }
    }

    /// <summary>The worker is to end because of the run that it was sent last, unless that has ended.</summary>
    /// <returns>Whether it has not; then it never will.</returns>
    public bool TryTerminate(uint number)
    {
        lock (gate)
        {
            terminated = number != lastEnded;
            return terminated;
        }
    }

    /// <summary>The run takes its time to unwind: what it took is told without waiting for its end.</summary>
    public void TellTaken() => frames.Flush();

    /// <summary>A request of the worker's own: a deadline, the shutdown, a budget.</summary>
    public void InterruptLocally(RunScope scope, InterruptReason reason, InterruptRung rung = InterruptRung.Signal)
    {
        lock (gate)
        {
            if (scope.Ended || (scope.Local.HasRequest && scope.Local.Rung >= rung))
            {
                return;
            }

            scope.Local = new InterruptWord(run: 0, Signal.Interrupt, reason, rung);
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
}
