using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using ProcInterrupt.Interrupts;
using ProcInterrupt.WorkerProcess.Engines;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>One run as its threads see it. State is changed only by <see cref="DeliveryDesk"/>, under its lock.</summary>
[SupportedOSPlatform("linux")]
[SuppressMessage("Design", "CA1001", Justification = "The run's code may hold the token for ever; a source without a timer or a wait handle holds nothing to dispose.")]
internal sealed class RunScope : IRunScope
{
    private static readonly AsyncLocal<RunScope?> CurrentFlow = new();

    private readonly DeliveryDesk desk;
    private CancellationTokenSource source = new();
    private volatile int unwinding;
    private volatile IForeignCode? foreign;

    public RunScope(DeliveryDesk desk, uint number, long deadlineNanos)
    {
        this.desk = desk;
        Number = number;
        DeadlineNanos = deadlineNanos;
    }

    /// <summary>The calling flow's run: flows into the tasks and threads that the run's code starts.</summary>
    public static RunScope? Current
    {
        get => CurrentFlow.Value;
        set => CurrentFlow.Value = value;
    }

    public uint Number { get; }

    /// <summary>When the watcher interrupts it; <see cref="long.MaxValue"/> for never. Guarded by the desk.</summary>
    public long DeadlineNanos { get; set; }

    public RunPhase Phase { get; set; } = RunPhase.Host;

    public bool Ended { get; set; }

    /// <summary>The run's code while it is another language's runtime.</summary>
    public IForeignCode? Foreign
    {
        get => foreign;
        set => foreign = value;
    }

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

    /// <summary>Words taken and being raised; a handler or a catch clause settles them all.</summary>
    public List<InterruptWord> Raised { get; } = [];

    /// <summary>Words whose catch clause has been entered and may rethrow.</summary>
    public List<InterruptWord> Caught { get; } = [];

    public CancellationToken Token => source.Token;

    public CancellationToken HostToken => Token;

    /// <summary>Whether no catch clause may keep it.</summary>
    public bool UnwindsForGood => Unwinding == Unwinding.Exit || (Unwinding == Unwinding.Interrupt && Rung == InterruptRung.Insist);

    /// <summary>Cancels the token; callbacks run on the pool, never on the caller.</summary>
    public void CancelToken() => _ = source.CancelAsync();

    /// <summary>The interrupt was dealt with: what the code awaits from now on gets a fresh token.</summary>
    public void RenewToken()
    {
        if (source.IsCancellationRequested)
        {
            source = new CancellationTokenSource();
        }
    }

    public Exception CreateUnwindingException() => Unwinding == Unwinding.Exit
        ? new RunExitException(ExitCode)
        : new KeyboardInterruptException(Cause.Signal, Cause.Reason, Token) { Run = Number };

    public T CallUserCode<T>(Func<T> userCode)
    {
        desk.EnterPhase(this, RunPhase.User);
        try
        {
            return userCode();
        }
        finally
        {
            desk.LeavePhase(this);
        }
    }

    public void Wait(Task task) => desk.WaitFor(this, task);

    /// <remarks>An interrupt that code threw by itself, or one of another run, is a failure like any other.</remarks>
    public bool IsUnwinding(Exception exception) => (exception is KeyboardInterruptException interrupt && interrupt.Run == Number)
        || (Unwinding != Unwinding.None && UnwindingException.IsWithin(exception, Token));
}
