using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>The system calls behind <see cref="DescriptorCapture"/>.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class DescriptorCalls
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int DuplicateCloseOnExec = 1030;
    private const int SetFlags = 4;
    private const short PollIn = 1;

    /// <summary>A pipe that what the code starts does not inherit; reading it does not block.</summary>
    public static (int Read, int Write) CreatePipe()
    {
        var ends = stackalloc int[2];
        if (Pipe(ends, CloseOnExec) != 0 || Control(ends[0], SetFlags, NonBlocking) != 0)
        {
            throw new IOException($"No pipe for the output of the code's processes: error {Marshal.GetLastPInvokeError()}.");
        }

        return (ends[0], ends[1]);
    }

    /// <summary>A second descriptor for the same file, not inherited.</summary>
    public static int Keep(int descriptor) => Control(descriptor, DuplicateCloseOnExec, 3);

    /// <summary>Makes a descriptor stand for another's file.</summary>
    public static void Replace(int descriptor, int by)
    {
        while (Duplicate(by, descriptor) < 0 && Marshal.GetLastPInvokeError() == 16)
        {
            // EBUSY: in a race with an open elsewhere.
        }
    }

    /// <summary>What can be read at once; 0 for nothing.</summary>
    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)Math.Max(0, ReadSome(descriptor, start, (nuint)buffer.Length));
        }
    }

    /// <summary>Whether one of the two can be read.</summary>
    /// <param name="first">A descriptor.</param>
    /// <param name="second">Another.</param>
    /// <param name="wait">Whether to wait until one can; may return early.</param>
    public static bool IsReadable(int first, int second, bool wait)
    {
        var entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { Descriptor = first, Events = PollIn };
        entries[1] = new PollEntry { Descriptor = second, Events = PollIn };
        return Poll(entries, 2, wait ? -1 : 0) > 0;
    }

    /// <summary>Writes out what C code has buffered in its own streams.</summary>
    public static void FlushStreams() => _ = Flush(0);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadSome(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "fflush")]
    private static partial int Flush(nint stream);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
