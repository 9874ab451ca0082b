namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>A heap of another runtime in the worker, which keeps its own budget.</summary>
internal static class NativeHeap
{
    private static long used;
    private static volatile bool refused;

    /// <summary>Whether it refused the current run something.</summary>
    public static bool HasRefused
    {
        get => refused;
        set => refused = value;
    }

    /// <summary>From how many bytes on it is as good as full.</summary>
    public static long FullBytes { get; set; } = long.MaxValue;

    public static bool IsFull => Volatile.Read(ref used) >= FullBytes;

    /// <summary>Gives it more room to the end of the run, in which to unwind.</summary>
    public static Action ReleaseReserve { get; set; } = static () => { };

    /// <summary>What it holds, in bytes; the process's memory minus this and the .NET heap is what native code holds.</summary>
    public static ref long UsedBytes => ref used;
}
