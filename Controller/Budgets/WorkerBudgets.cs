using ProcInterrupt.Budgets;

namespace ProcInterrupt;

/// <summary>What a worker's code may use up. Each budget is optional and has its own <see cref="InterruptReason"/> in the result.</summary>
/// <remarks>
/// Soft first: the run is interrupted with the budget's reason and the session lives. A run that has not ended
/// <see cref="Grace"/> later is interrupted once more so that it cannot be caught (insist); one that has not ended after
/// that either ends the worker, with the reason in its result. All of it is done by the worker and the kernel, so that it holds
/// when the controller is stopped or gone. Times are of the monotonic clock.
/// </remarks>
public sealed record WorkerBudgets
{
    private const long LeastMemory = 64L << 20;
    private const long LeastFile = 64L << 10;
    private const int LeastThreads = 64;
    private static readonly TimeSpan MostTime = TimeSpan.FromDays(24);

    /// <summary>How long each run may take, compilation included.</summary>
    /// <value>Above zero, up to 24 days. Default <see langword="null"/>: as long as it likes. Reason <see cref="InterruptReason.WallTime"/>.</value>
    public TimeSpan? WallTime { get; init; }

    /// <summary>How much processor time the worker's threads may use during each run, all of them together; not what processes use that it starts.</summary>
    /// <value>Above zero, up to 24 days. Default <see langword="null"/>. Reason <see cref="InterruptReason.Cpu"/>.</value>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>How large the worker's memory may grow: the .NET heap, Python's heap, and what native code allocates beyond them, each.</summary>
    /// <value>
    /// Bytes, 64 MiB or more. Default <see langword="null"/>. A run that goes beyond it has outcome
    /// <see cref="RunOutcome.Failed"/> and reason <see cref="InterruptReason.Memory"/>; the variables that it declared are dropped.
    /// </value>
    public long? MemoryBytes { get; init; }

    /// <summary>How much each run may print and display. What comes beyond it is dropped.</summary>
    /// <value>Bytes of UTF-8, 1 or more. Default <see langword="null"/>. Reason <see cref="InterruptReason.Output"/>.</value>
    public long? OutputBytes { get; init; }

    /// <summary>How many processes may live in the worker at once, those that its code starts and theirs.</summary>
    /// <value>1 or more. Default <see langword="null"/>. Reason <see cref="InterruptReason.Processes"/>.</value>
    public int? Processes { get; init; }

    /// <summary>How many threads the worker may have at once; some 25 are its own.</summary>
    /// <value>64 or more. Default <see langword="null"/>. Reason <see cref="InterruptReason.Threads"/>.</value>
    public int? Threads { get; init; }

    /// <summary>How large each file may become that the worker and the processes that it starts write.</summary>
    /// <value>Bytes, 64 KiB or more. Default <see langword="null"/>. Reason <see cref="InterruptReason.FileSize"/>.</value>
    public long? FileBytes { get; init; }

    /// <summary>How long a run that is over its budget may go on after each interrupt, before the next and harder step.</summary>
    /// <value>1 ms to 24 days. Default 1 s.</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>As they are handed to the worker.</summary>
    internal BudgetLimits Limits => new()
    {
        WallMicros = Micros(WallTime),
        CpuMicros = Micros(CpuTime),
        MemoryBytes = MemoryBytes,
        OutputBytes = OutputBytes,
        Processes = Processes,
        Threads = Threads,
        FileBytes = FileBytes,
        GraceMicros = Micros(Grace),
    };

    /// <summary>Checks the ranges, as <see cref="Worker.StartAsync"/> does.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A budget is outside its range; the message says which, and the range.</exception>
    public void Validate()
    {
        CheckTime(nameof(WallTime), WallTime, TimeSpan.FromMicroseconds(1));
        CheckTime(nameof(CpuTime), CpuTime, TimeSpan.FromMicroseconds(1));
        CheckTime(nameof(Grace), Grace, TimeSpan.FromMilliseconds(1));
        CheckAmount(nameof(MemoryBytes), MemoryBytes, LeastMemory);
        CheckAmount(nameof(OutputBytes), OutputBytes, 1);
        CheckAmount(nameof(Processes), Processes, 1);
        CheckAmount(nameof(Threads), Threads, LeastThreads);
        CheckAmount(nameof(FileBytes), FileBytes, LeastFile);
    }

    private static long? Micros(TimeSpan? time) => time is { } given ? Math.Max(1, given.Ticks / TimeSpan.TicksPerMicrosecond) : null;

    private static void CheckTime(string name, TimeSpan? time, TimeSpan least)
    {
        if (time < least || time > MostTime)
        {
            throw new ArgumentOutOfRangeException(name, time, $"The budget {name} is {least.TotalMilliseconds} ms to 24 days.");
        }
    }

    private static void CheckAmount(string name, long? amount, long least)
    {
        if (amount < least)
        {
            throw new ArgumentOutOfRangeException(name, amount, $"The budget {name} is {least} or more.");
        }
    }
}
