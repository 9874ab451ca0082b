using System.Runtime.InteropServices;

namespace ProcInterrupt.Processes;

/// <summary>Threads that work for microseconds when they are woken, and that an interrupt or a run waits for.</summary>
/// <remarks>Not for those that a flood keeps busy: their short turns would come before everybody else's all the time.</remarks>
internal static unsafe partial class PromptThread
{
    /// <summary>The least that the scheduler takes, in nanoseconds; its own is some milliseconds.</summary>
    private const ulong SliceNanos = 100_000;

    private const uint NormalPolicy = 0;

    /// <summary>Threads that this one starts are the scheduler's usual ones.</summary>
    private const ulong ResetOnFork = 1;

    private static readonly nint SetAttributesNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 274 : 314;
    private static readonly nint GetAttributesNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 275 : 315;

    /// <summary>
    /// Asks that the calling thread gets a processor as soon as it is woken, in exchange for shorter turns: otherwise, woken on the
    /// processor of the very code that it is to interrupt, it waits until that code's turn is over, some 3 ms.
    /// </summary>
    /// <remarks>
    /// Linux 6.12 or later; needs no right, and takes nothing from anybody in the long run. Elsewhere nothing happens, and the wait is
    /// what it was. A thread with a policy or a priority that somebody has chosen is left as it is.
    /// </remarks>
    public static void Begin()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return;
        }

        Attributes attributes = default;
        if (GetAttributes(GetAttributesNumber, 0, &attributes, sizeof(Attributes), 0) != 0
            || attributes.Policy != NormalPolicy
            || attributes.Nice < 0)
        {
            return;
        }

        attributes.Size = (uint)sizeof(Attributes);
        attributes.Flags = ResetOnFork;
        attributes.Runtime = SliceNanos;

        // A sandbox may refuse it; the thread works all the same.
        _ = SetAttributes(SetAttributesNumber, 0, &attributes, 0);
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint GetAttributes(nint number, nint thread, Attributes* attributes, nint size, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SetAttributes(nint number, nint thread, Attributes* attributes, nint flags);

    /// <summary>The kernel's <c>sched_attr</c>, first version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
