namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>The worker's memory: a limit of the runtime's above the budget, and a look at what is in use below it.</summary>
/// <remarks>
/// At the runtime's limit even reporting runs out of memory. So the run is interrupted at the budget, which is below the limit
/// by a reserve, and from then on to its end the limit is higher by one more.
/// </remarks>
internal sealed class MemoryBudget
{
    private const long LeastReserve = 64L << 20;

    /// <summary>Code, stacks and what the runtime needs for itself, beside three heaps at their budgets.</summary>
    private const long DataSlack = 2L << 30;

    /// <summary>How fast memory is taken at most: 4 bytes a nanosecond. The nearer the budget, the sooner it is looked again.</summary>
    private const long BytesPerNano = 4;

    private const string HardLimit = "GCHeapHardLimit";

    private readonly long budget;
    private readonly long reserve;
    private readonly long nativeBase;
    private long nativeLookAt;
    private bool released;

    public MemoryBudget(long budget)
    {
        this.budget = budget;
        reserve = Math.Max(LeastReserve, budget / 4);
        SetLimit(budget + reserve);
        nativeBase = ProcessStatus.ResidentBytes;
        nativeLookAt = budget;
        ResourceCalls.LimitDataTo(ProcessStatus.DataBytes + (3 * (budget + reserve)) + DataSlack);
    }

    /// <summary>When to look again at the latest, in nanoseconds.</summary>
    public long NextLookNanos { get; private set; }

    /// <summary>Whether more is in use than the budget. Collects garbage before it says so.</summary>
    public bool IsExceeded()
    {
        var heap = GC.GetTotalMemory(forceFullCollection: false);
        var native = NativeBytes();
        if (heap <= budget && native <= nativeLookAt)
        {
            NextLookNanos = Math.Min(budget - heap, nativeLookAt - native) / BytesPerNano;
            return false;
        }

        // Garbage counts until it is collected; and what the collector holds is known only then.
        GC.Collect();
        heap = GC.GetTotalMemory(forceFullCollection: false);
        native = NativeBytes();

        // Above it anyway, but by what the worker itself holds or an earlier run: looked at again when there is more.
        nativeLookAt = Math.Max(budget, native + (budget / 16));
        NextLookNanos = 0;
        return heap > budget || native > budget;
    }

    /// <summary>From now on there is more room, in which to unwind and to report.</summary>
    public void ReleaseReserve()
    {
        if (!released)
        {
            released = true;
            SetLimit(budget + (2 * reserve));
        }
    }

    /// <summary>The run is over and its variables are gone.</summary>
    /// <returns>Whether what is left is within the budget, with some room for the next run.</returns>
    public bool Recover()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        nativeLookAt = budget;
        var almostAll = budget - (budget / 8);
        if (GC.GetTotalMemory(forceFullCollection: false) > almostAll || NativeBytes() > budget || Volatile.Read(ref NativeHeap.UsedBytes) > almostAll)
        {
            return false;
        }

        if (released)
        {
            released = !SetLimit(budget + reserve);
        }

        return true;
    }

    private long NativeBytes() =>
        ProcessStatus.ResidentBytes - nativeBase - GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes - Volatile.Read(ref NativeHeap.UsedBytes);

    /// <returns>False when more is in use than that.</returns>
    private static bool SetLimit(long bytes)
    {
        AppContext.SetData(HardLimit, (ulong)bytes);
        try
        {
            GC.RefreshMemoryLimit();
            return true;
        }
        catch (InvalidOperationException)
        {
            // The limit stays as it is; tried again after the next run that goes beyond it.
            return false;
        }
    }
}
