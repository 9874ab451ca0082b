using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>Counts the writes that the kernel refuses because a file would become larger than its budget.</summary>
/// <remarks>The signal is raised by the write itself, on its thread and before it returns; the write then fails.</remarks>
internal static unsafe class FileSizeWatch
{
    private static int refused;

    public static int Refused => Volatile.Read(ref refused);

    public static void Start(long bytes)
    {
        ResourceCalls.OnSignal(ResourceCalls.SignalFileLimit, &OnRefused);
        ResourceCalls.LimitFiles(bytes);
    }

    [UnmanagedCallersOnly]
    private static void OnRefused(int signal) => Interlocked.Increment(ref refused);
}
