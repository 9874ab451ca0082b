using ProcInterrupt.Budgets;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines;
using ProcInterrupt.WorkerProcess.Hosting;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>Keeps the worker's budgets: looks what the current run uses, interrupts it, insists, and at last ends the worker.</summary>
/// <remarks>
/// <see cref="Look"/> is called by the watcher only, <see cref="Begin"/> and <see cref="End"/> by the run thread. Where the watcher itself
/// is stuck, two timers of the kernel end the worker. Only the monotonic clock and the processor's count.
/// </remarks>
internal sealed class BudgetGuard
{
    /// <summary>The name of each <see cref="RunError"/> for a lack of memory.</summary>
    private const string MemoryErrorType = "ProcInterrupt.MemoryBudgetExceeded";

    /// <summary>The kernel's timers ring so much after everything else should have ended the run.</summary>
    private const long KernelGraceNanos = 1_000_000_000;

    /// <summary>How often threads are counted; 10,000 are started in less than a second.</summary>
    private const long ThreadLookNanos = 2_000_000;
    private const long AnyLookNanos = 20_000_000;
    private const long LeastLookNanos = 1_000_000;

    private static BudgetGuard? installed;

    private readonly BudgetLimits limits;
    private readonly DeliveryDesk desk;
    private readonly IFramePoster frames;
    private readonly OutputBudget? output;
    private readonly MemoryBudget? memory;
    private readonly ProcessWatch? watch;
    private readonly nint wallTimer;
    private readonly nint processorTimer;
    private readonly long graceNanos;
    private readonly Lock gate = new();
    private RunScope? run;
    private long wallEnd;
    private long processorEnd;
    private int refusedBefore;
    private InterruptReason exceeded;
    private int steps;
    private bool toldRefused;
    private long nativeFullSince;
    private long nextStepNanos;
    private long threadsOverSince;

    /// <param name="limits">At least one.</param>
    /// <param name="desk">Interrupts.</param>
    /// <param name="frames">Tells the controller.</param>
    /// <param name="buffer">Counts what runs write.</param>
    public BudgetGuard(BudgetLimits limits, DeliveryDesk desk, IFramePoster frames, OutputBuffer buffer)
    {
        this.limits = limits;
        this.desk = desk;
        this.frames = frames;
        graceNanos = (limits.GraceMicros ?? 1_000_000) * 1000;
        ResourceCalls.WriteNoCore();
        if (limits.OutputBytes is { } bytes)
        {
            buffer.Budget = output = new OutputBudget(bytes);
        }

        if (limits.FileBytes is { } largest)
        {
            FileSizeWatch.Start(largest);
        }

        if (limits.MemoryBytes is { } most)
        {
            memory = new MemoryBudget(most);
        }

        wallTimer = limits.WallMicros is null ? -1 : ResourceCalls.CreateTimer(ResourceCalls.ClockMonotonic, ResourceCalls.SignalWallLimit);
        processorTimer = limits.CpuMicros is null ? -1 : ResourceCalls.CreateTimer(ResourceCalls.ClockProcessorTime, ResourceCalls.SignalTimeLimit);
        if (limits.Processes is { } processes)
        {
            watch = new ProcessWatch(processes, () => run is not null, OnLeftProcessesKilled);
            watch.Start();
        }

        installed = this;
    }

    /// <summary>The calling thread of a run is about to start one more.</summary>
    public static void BeforeThread() => installed?.CountThread();

    /// <summary>The calling thread is about to fork the worker.</summary>
    public static void BeforeFork() => installed?.LookAtProcesses();

    /// <summary>A run begins; called when it is current.</summary>
    public void Begin(RunScope scope, long startedNanos)
    {
        lock (gate)
        {
            run = scope;
            steps = 0;
            watch?.Forget();
            toldRefused = false;
            nativeFullSince = long.MaxValue;
            refusedBefore = FileSizeWatch.Refused;
            wallEnd = limits.WallMicros is { } wall ? startedNanos + (wall * 1000) : long.MaxValue;
            processorEnd = limits.CpuMicros is { } cpu ? ResourceCalls.ProcessorNanos + (cpu * 1000) : long.MaxValue;
        }

        scope.HasMemoryBudget = memory is not null;
        output?.Begin();
        SetTimers(limits.WallMicros, limits.CpuMicros);
    }

    /// <summary>A look at what is used.</summary>
    /// <param name="current">The current run.</param>
    /// <param name="now">The clock.</param>
    /// <returns>In how many nanoseconds to look again at the latest; nobody need look while no run is current if it is <see cref="long.MaxValue"/>.</returns>
    public long Look(RunScope? current, long now)
    {
        var until = LookAtThreads(current, now);
        if (current is null)
        {
            return until;
        }

        lock (gate)
        {
            if (run != current)
            {
                return LeastLookNanos;
            }

            if (memory is not null && NativeHeap.HasRefused)
            {
                LookAtNativeHeap(current, now);
            }

            if (steps == 0 && FindExceeded(now) is { } reason)
            {
                Exceed(current, reason, now);
            }

            if (steps > 0)
            {
                if (now >= nextStepNanos)
                {
                    StepFurther(current, now);
                }

                return Math.Min(until, Math.Max(LeastLookNanos, nextStepNanos - now));
            }
        }

        until = Math.Min(until, Math.Min(AnyLookNanos, wallEnd - now));
        if (processorEnd != long.MaxValue)
        {
            // Several threads use it up faster.
            until = Math.Min(until, (processorEnd - ResourceCalls.ProcessorNanos) / Environment.ProcessorCount);
        }

        return Math.Max(LeastLookNanos, memory is null ? until : Math.Min(until, memory.NextLookNanos));
    }

    /// <summary>The run's code is over and what it left has settled.</summary>
    /// <param name="scope">The run.</param>
    /// <param name="result">What came out.</param>
    /// <param name="forget">Forgets the session that the run was in.</param>
    public void End(RunScope scope, EngineResult result, Action forget)
    {
        lock (gate)
        {
            run = null;
        }

        SetTimers(0, 0);
        if (HasKilledProcesses)
        {
            ProcessWatch.KillRest();
        }

        if (memory is not null && !scope.KeepsVariables(result.Escaped) && !memory.Recover())
        {
            scope.SessionForgotten = true;
            forget();
            if (!memory!.Recover())
            {
                // Native memory that nobody can free: each run from now on would fail.
                ProcessCalls.ExitNow(BudgetLimits.FirstExitCode + (int)InterruptReason.Memory);
            }
        }
    }

    /// <summary>What the run's end is in the light of its budgets.</summary>
    public RunCompletedMessage Judge(RunScope scope, RunCompletedMessage completed) => completed switch
    {
        { Outcome: RunOutcome.Interrupted, Reason: InterruptReason.Memory } => completed with { Outcome = RunOutcome.Failed, Error = new RunError(MemoryErrorType, DescribeMemory(scope), "") },
        { Outcome: RunOutcome.Interrupted } => completed,
        { Outcome: RunOutcome.Failed } when scope.RanOutOfMemory => completed with
        {
            Reason = InterruptReason.Memory,
            Error = completed.Error! with { Message = $"{completed.Error.Message} {DescribeMemory(scope)}".TrimStart() },
        },
        { Outcome: RunOutcome.Failed } when limits.FileBytes is not null && FileSizeWatch.Refused != refusedBefore =>
            completed with { Outcome = RunOutcome.Interrupted, Reason = InterruptReason.FileSize },
        _ when HasKilledProcesses => completed with { Outcome = RunOutcome.Interrupted, Reason = InterruptReason.Processes, Value = null, ExitCode = null },
        _ when output?.IsExceeded == true => completed with { Outcome = RunOutcome.Interrupted, Reason = InterruptReason.Output, Value = null, ExitCode = null },
        _ => completed,
    };

    private bool HasKilledProcesses => watch is { HasKilled: true };

    private string DescribeMemory(RunScope scope) =>
        $"The run went beyond the memory budget of {limits.MemoryBytes:N0} bytes. "
        + (scope.SessionForgotten ? "The session is empty now: what earlier runs had made held the memory." : "The variables that it declared are gone; those of earlier runs are still there.");

    private InterruptReason? FindExceeded(long now)
    {
        if (HasKilledProcesses)
        {
            return InterruptReason.Processes;
        }

        if (now >= wallEnd)
        {
            return InterruptReason.WallTime;
        }

        if (processorEnd != long.MaxValue && ResourceCalls.ProcessorNanos >= processorEnd)
        {
            return InterruptReason.Cpu;
        }

        if (output?.IsExceeded == true)
        {
            return InterruptReason.Output;
        }

        if (limits.FileBytes is not null && FileSizeWatch.Refused != refusedBefore)
        {
            return InterruptReason.FileSize;
        }

        return memory?.IsExceeded() == true || now - nativeFullSince > graceNanos ? InterruptReason.Memory : null;
    }

    /// <summary>Code that was refused memory has its error, and a grace in which to cope with it: to give some back.</summary>
    private void LookAtNativeHeap(RunScope current, long now)
    {
        if (!toldRefused)
        {
            // If its runtime does not cope, it is known why.
            toldRefused = true;
            frames.Post(new BudgetExceededMessage(current.Number, InterruptReason.Memory));
        }

        nativeFullSince = NativeHeap.IsFull ? Math.Min(nativeFullSince, now) : long.MaxValue;
    }

    /// <summary>Softly, unless it was before or the run is over.</summary>
    private void ExceedNow(RunScope? scope, InterruptReason reason, long now)
    {
        lock (gate)
        {
            if (scope is not null && run == scope && steps == 0)
            {
                Exceed(scope, reason, now);
            }
        }
    }

    /// <summary>Softly. Called under the lock.</summary>
    private void Exceed(RunScope scope, InterruptReason reason, long now)
    {
        if (reason == InterruptReason.Memory)
        {
            memory!.ReleaseReserve();
            NativeHeap.ReleaseReserve();
            scope.RanOutOfMemory = true;
        }

        exceeded = reason;
        steps = 1;
        nextStepNanos = now + graceNanos;
        frames.Post(new BudgetExceededMessage(scope.Number, reason));
        desk.InterruptLocally(scope, reason);
    }

    private void StepFurther(RunScope scope, long now)
    {
        if (++steps > 2)
        {
            ProcessCalls.ExitNow(BudgetLimits.FirstExitCode + (int)exceeded);
        }

        nextStepNanos = now + graceNanos;
        desk.InterruptLocally(scope, exceeded, InterruptRung.Insist);
    }

    private void LookAtProcesses()
    {
        if (watch?.Look() == true)
        {
            ExceedNow(run, InterruptReason.Processes, MonotonicClock.Nanos);
        }
    }

    /// <summary>Processes were killed while there was no run; called by their watch.</summary>
    private void OnLeftProcessesKilled() =>
        frames.Post(new LogMessage(LogMessage.WarningLevel, "Budgets", "Processes that an ended run had started went beyond the budget of processes, and were killed."));

    /// <summary>Threads may outlive their run, as those of other languages do: they have as long to end as a run has.</summary>
    private long LookAtThreads(RunScope? current, long now)
    {
        if (limits.Threads is not { } most || (current is null && threadsOverSince == 0))
        {
            return long.MaxValue;
        }

        if (ProcessStatus.Threads <= most)
        {
            threadsOverSince = 0;
            return ThreadLookNanos;
        }

        threadsOverSince = threadsOverSince == 0 ? now : threadsOverSince;
        if (now - threadsOverSince > 2 * graceNanos)
        {
            ProcessCalls.ExitNow(BudgetLimits.FirstExitCode + (int)InterruptReason.Threads);
        }

        ExceedNow(current, InterruptReason.Threads, now);
        return ThreadLookNanos;
    }

    private void CountThread()
    {
        if (limits.Threads is { } most && RunScope.Current is { Ended: false } scope && ProcessStatus.Threads >= most)
        {
            ExceedNow(scope, InterruptReason.Threads, MonotonicClock.Nanos);
            desk.Check();
        }
    }

    private void SetTimers(long? wallMicros, long? processorMicros)
    {
        if (wallTimer >= 0)
        {
            ResourceCalls.SetTimer(wallTimer, KernelNanos(wallMicros!.Value));
        }

        if (processorTimer >= 0)
        {
            ResourceCalls.SetTimer(processorTimer, KernelNanos(processorMicros!.Value));
        }
    }

    private long KernelNanos(long micros) => micros == 0 ? 0 : (micros * 1000) + (2 * graceNanos) + KernelGraceNanos;
}
