using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>What the system says of the worker's process, and the limits that the kernel keeps for it.</summary>
internal static unsafe partial class ResourceCalls
{
    public const int SignalTimeLimit = 24;
    public const int SignalFileLimit = 25;
    public const int SignalWallLimit = 26;
    public const int ClockMonotonic = 1;
    public const int ClockProcessorTime = 2;

    private const int LimitFileSize = 1;
    private const int LimitData = 2;
    private const int LimitCore = 4;

    /// <summary>The processor time that the process has used, in nanoseconds.</summary>
    public static long ProcessorNanos
    {
        get
        {
            TimeSpec time;
            return GetTime(ClockProcessorTime, &time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanos : 0;
        }
    }

    /// <summary>No file may grow larger, of this process and of those that it starts.</summary>
    public static void LimitFiles(long bytes) => SetLimit(LimitFileSize, bytes);

    /// <summary>What is allocated beyond it is refused.</summary>
    public static void LimitDataTo(long bytes) => SetLimit(LimitData, bytes);

    /// <summary>A worker that is ended by a signal leaves no file behind.</summary>
    public static void WriteNoCore() => SetLimit(LimitCore, 0);

    /// <summary>Has a signal call a function of ours.</summary>
    public static void OnSignal(int signal, delegate* unmanaged<int, void> handler) => _ = SetHandler(signal, handler);

    /// <summary>A timer of the kernel's that sends this process a signal.</summary>
    /// <exception cref="InvalidOperationException">The kernel makes none.</exception>
    public static nint CreateTimer(int clock, int signal)
    {
        var sent = new SignalEvent { Signal = signal };
        nint timer;
        return CreateTimer(clock, &sent, &timer) == 0
            ? timer
            : throw new InvalidOperationException($"The kernel gives no timer for a budget (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>Has a timer ring after this much more of its clock's time; 0 stops it.</summary>
    public static void SetTimer(nint timer, long nanos)
    {
        var setting = new TimerSetting { Value = new TimeSpec { Seconds = nanos / 1_000_000_000, Nanos = nanos % 1_000_000_000 } };
        _ = SetTimer(timer, 0, &setting, null);
    }

    private static void SetLimit(int resource, long value)
    {
        ResourceLimit limit;
        if (GetLimit(resource, &limit) != 0)
        {
            throw new InvalidOperationException($"The kernel does not tell a resource limit (error {Marshal.GetLastPInvokeError()}).");
        }

        // A limit that the worker was started with stays if it is lower.
        limit.Current = Math.Min((ulong)value, limit.Most);
        limit.Most = limit.Current;
        if (SetLimit(resource, &limit) != 0)
        {
            throw new InvalidOperationException($"The kernel does not take a resource limit of {value} (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, TimeSpec* time);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, delegate* unmanaged<int, void> handler);

    [LibraryImport("libc", EntryPoint = "timer_create", SetLastError = true)]
    private static partial int CreateTimer(int clock, SignalEvent* signal, nint* timer);

    [LibraryImport("libc", EntryPoint = "timer_settime")]
    private static partial int SetTimer(nint timer, int flags, TimerSetting* setting, TimerSetting* before);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimerSetting
    {
        public TimeSpec Interval;
        public TimeSpec Value;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Current;
        public ulong Most;
    }

    /// <summary>struct sigevent with SIGEV_SIGNAL, which is 0.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct SignalEvent
    {
        public nint Value;
        public int Signal;
        public int Notify;
    }
}
