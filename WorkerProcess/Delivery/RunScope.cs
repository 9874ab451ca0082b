using System.Diagnostics.CodeAnalysis;
using ProcInterrupt.Interrupts;
using ProcInterrupt.WorkerProcess.Budgets;
using ProcInterrupt.WorkerProcess.Engines;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>One run as its threads see it. State is changed only by <see cref="DeliveryDesk"/>, under its lock.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The run's code may hold the token for ever; a source without a timer or a wait handle holds nothing to dispose.")]
internal sealed partial class RunScope : IRunScope
{
    /// <summary>Says so whenever a thread goes over to the code of another run, also when the runtime lets the flow pass to a task, a thread or a timer.</summary>
    private static readonly AsyncLocal<RunScope?> CurrentFlow = new(static change => OnFlowChanged(change.PreviousValue, change.CurrentValue));

    private CancellationTokenSource source = new();
    private CancellationTokenSource? insistSource;
    private volatile int unwinding;
    private volatile bool ended;
    private volatile bool ranOutOfMemory;
    private int cleanupFlows;
    private long shieldedUntilNanos;
    private volatile IForeignCode? foreign;

    public RunScope(DeliveryDesk desk, uint number, long deadlineNanos)
    {
        Desk = desk;
        Number = number;
        DeadlineNanos = deadlineNanos;
    }

    /// <summary>The calling flow's run: flows into the tasks and threads that the run's code starts.</summary>
    public static RunScope? Current
    {
        get => RunThread.Current?.Scope;
        set => CurrentFlow.Value = value;
    }

    public DeliveryDesk Desk { get; }

    public uint Number { get; }

    /// <summary>When the watcher interrupts it; <see cref="long.MaxValue"/> for never. Guarded by the Desk.</summary>
    public long DeadlineNanos { get; set; }

    public RunPhase Phase { get; set; } = RunPhase.Host;

    public bool Ended
    {
        get => ended;
        set => ended = value;
    }

    /// <summary>The run is over and was to stop: what is left of its code stops wherever it is met.</summary>
    public bool IsCondemned => ended && unwinding != (int)Unwinding.None;

    /// <summary>False once it has ended by itself: threads that it left behind go on.</summary>
    public bool CanBeInterrupted => !ended || unwinding != (int)Unwinding.None;

    /// <summary>Whether a catch clause may keep its interrupt.</summary>
    public bool MayBeCaught => !ended && !UnwindsForGood;

    /// <summary>The run's code while it is another language's runtime.</summary>
    public IForeignCode? Foreign
    {
        get => foreign;
        set => foreign = value;
    }

    /// <summary>Whether the handlers for signals are those of such code, not of .NET's.</summary>
    public bool BringsHandlers { get; init; }

    /// <summary>An interrupt has come out of that code, which has not caught it.</summary>
    public bool IsForeignEnd { get; set; }

    /// <summary>The same until it is known how that code ends: so long it alone takes and raises.</summary>
    public IForeignCode? ForeignInCharge => !ended && unwinding == (int)Unwinding.None ? foreign : null;

    /// <summary>A request of the worker's own (deadline, shutdown), beside the word.</summary>
    public InterruptWord Local { get; set; }

    public Unwinding Unwinding
    {
        get => (Unwinding)unwinding;
        set => unwinding = (int)value;
    }

    /// <summary>Signal or insist, while it unwinds.</summary>
    public InterruptRung Rung { get; set; }

    /// <summary>The word that made it unwind.</summary>
    public InterruptWord Cause { get; set; }

    public int ExitCode { get; set; }

    public bool HasMemoryBudget { get; set; }

    /// <summary>The run went beyond its memory budget.</summary>
    public bool RanOutOfMemory
    {
        get => ranOutOfMemory;
        set => ranOutOfMemory = value;
    }

    /// <summary>Its session had to be forgotten, since earlier runs' variables held the memory.</summary>
    public bool SessionForgotten { get; set; }

    /// <summary>Words taken and being raised; a handler or a catch clause settles them all.</summary>
    public List<InterruptWord> Raised { get; } = [];

    /// <summary>Words whose catch clause has been entered and may rethrow.</summary>
    public List<InterruptWord> Caught { get; } = [];

    /// <summary>Shields that have not been disposed of.</summary>
    public List<RunShield> Shields { get; } = [];

    /// <summary>Until when the first rung is held off; 0 for not at all. Read by any thread.</summary>
    public long ShieldedUntilNanos
    {
        get => Volatile.Read(ref shieldedUntilNanos);
        set => Volatile.Write(ref shieldedUntilNanos, value);
    }

    /// <summary>The word that was last found held off by a shield, and was told of; empty once it is taken.</summary>
    public InterruptWord HeldOff { get; set; }

    /// <summary>The same of <see cref="Local"/>.</summary>
    public bool HoldsOffLocal { get; set; }

    public bool HoldsOff => HoldsOffLocal || HeldOff.HasRequest;

    public CancellationToken Token => source.Token;

    public CancellationToken HostToken => Token;

    /// <summary>Whether no catch clause may keep it.</summary>
    public bool UnwindsForGood => Unwinding == Unwinding.Exit || (Unwinding == Unwinding.Interrupt && Rung == InterruptRung.Insist);

    /// <summary>Cancels what awaits; callbacks run on the pool, never on the caller. Called under the desk's lock.</summary>
    public void CancelTokens()
    {
        _ = source.CancelAsync();
        if (UnwindsForGood)
        {
            // Pairs with AwaitToken: either it is seen here, or what was just set is seen there.
            Interlocked.MemoryBarrier();
            _ = insistSource?.CancelAsync();
        }
    }

    /// <summary>Cancelled when an await is to end.</summary>
    /// <param name="cleanup">The await is in clean-up: only what cannot be caught ends it.</param>
    public CancellationToken AwaitToken(bool cleanup)
    {
        if (!cleanup)
        {
            return Token;
        }

        var made = Volatile.Read(ref insistSource) ?? Interlocked.CompareExchange(ref insistSource, new CancellationTokenSource(), null) ?? insistSource!;
        if (UnwindsForGood)
        {
            // Made too late for CancelTokens.
            _ = made.CancelAsync();
        }

        return made.Token;
    }

    /// <summary>The interrupt was dealt with: what the code awaits from now on gets a fresh token.</summary>
    public void RenewToken()
    {
        if (source.IsCancellationRequested)
        {
            source = new CancellationTokenSource();
        }
    }

    public Exception CreateUnwindingException()
    {
        Interlocked.Increment(ref raises);
        return Unwinding == Unwinding.Exit
            ? new RunExitException(ExitCode)
            : new KeyboardInterruptException(Cause.Signal, Cause.Reason, Token) { Run = Number };
    }

    public T CallUserCode<T>(Func<T> userCode)
    {
        Desk.EnterPhase(this, RunPhase.User);
        try
        {
            return userCode();
        }
        finally
        {
            Desk.LeavePhase(this);
        }
    }

    public void Wait(Task task) => Desk.WaitFor(this, task);

    /// <remarks>An interrupt that code threw by itself, or one of another run, is a failure like any other.</remarks>
    public bool IsUnwinding(Exception exception) => (exception is KeyboardInterruptException interrupt && interrupt.Run == Number)
        || (Unwinding != Unwinding.None && UnwindingException.IsWithin(exception, Token));

    public bool KeepsVariables(Exception? fault)
    {
        ranOutOfMemory |= HasMemoryBudget && OutOfMemory.IsBehind(fault);
        return !ranOutOfMemory;
    }

    /// <summary>Whether nothing of the run is on its way any more: no thread in its code, no await to be ended, no clean-up that awaits.</summary>
    public bool IsSettled => Awaits.AreOver && Volatile.Read(ref cleanupFlows) == 0 && !RunThread.AnyIn(this);

    /// <summary>The run unwinds, and a <c>finally</c> with awaits of its is not over: whoever awaits it unwinds after it, unless insist ends it.</summary>
    public bool IsCleaningUp => !ended && Unwinding != Unwinding.None && !UnwindsForGood && Volatile.Read(ref cleanupFlows) > 0;

    public GuardedAwaits Awaits { get; } = new();

    /// <summary>An await that is to be taken on by the thread that waits for the run. Guarded by the desk.</summary>
    public GuardedAwait? AwaitEndingHere { get; set; }

    /// <summary>One of <see cref="Awaits"/> is over, and the code behind it has gone on.</summary>
    public void AwaitEnded()
    {
        Awaits.End();
        TellIfUnwinding();
    }

    public void CleanupFlowBegan() => Interlocked.Increment(ref cleanupFlows);

    public void CleanupFlowEnded()
    {
        Interlocked.Decrement(ref cleanupFlows);
        TellIfUnwinding();
    }

    private static void OnFlowChanged(RunScope? previous, RunScope? next)
    {
        RunThread.Enter(next);
        previous?.TellIfUnwinding();
        if (next is { IsCondemned: true })
        {
            // A timer or a task that was queued: nobody else would bring it down.
            next.Desk.StopCondemned();
        }
    }

    /// <summary>Somebody may wait for the run to settle.</summary>
    private void TellIfUnwinding()
    {
        if (unwinding != (int)Unwinding.None)
        {
            Desk.Pulse();
        }
    }
}
