using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>The system calls behind captured descriptors.</summary>
internal static unsafe partial class PipeCalls
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int DuplicateCloseOnExec = 1030;
    private const int SetFlags = 4;
    private const nuint BytesAvailable = 0x541B;
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const int InterruptedCall = 4;
    private const int TryAgain = 11;
    private const uint SpliceNonBlocking = 2;

    /// <summary>What a pipe takes without blocking when it is writable at all: PIPE_BUF.</summary>
    private const int AtomicBytes = 4096;

    /// <summary>Makes a descriptor the write end of a new pipe, as every process inherits it that is started from now on.</summary>
    /// <returns>The read end, which never blocks and is not inherited.</returns>
    public static int Redirect(int descriptor)
    {
        var ends = stackalloc int[2];
        Require(Pipe(ends, CloseOnExec));
        Require(Control(ends[0], SetFlags, NonBlocking));
        Require(DuplicateOnto(ends[1], descriptor));
        Require(Close(ends[1]));
        return ends[0];
    }

    /// <summary>A pipe whose ends never block and are not inherited.</summary>
    public static (int Read, int Write) MakeNonBlocking()
    {
        var ends = stackalloc int[2];
        Require(Pipe(ends, CloseOnExec | NonBlocking));
        return (ends[0], ends[1]);
    }

    /// <summary>Another descriptor for the same thing that no child inherits.</summary>
    public static int Duplicate(int descriptor)
    {
        const int aboveStandard = 3;
        var copy = Control(descriptor, DuplicateCloseOnExec, aboveStandard);
        Require(copy);
        return copy;
    }

    /// <summary>Blocks until one of two descriptors can be read, or has ended.</summary>
    /// <param name="first">A descriptor; a negative one is left out.</param>
    /// <param name="second">The other.</param>
    /// <param name="timeoutMillis">-1 for ever.</param>
    /// <returns>Which; neither when the time is over.</returns>
    public static (bool First, bool Second) WaitReadable(int first, int second, int timeoutMillis)
    {
        var entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { Descriptor = first, Events = PollIn };
        entries[1] = new PollEntry { Descriptor = second, Events = PollIn };
        while (Poll(entries, 2, timeoutMillis) < 0)
        {
            Require(Marshal.GetLastPInvokeError() == InterruptedCall ? 0 : -1);
        }

        return (entries[0].Returned != 0, entries[1].Returned != 0);
    }

    /// <summary>How many bytes wait in a pipe.</summary>
    public static int Available(int descriptor)
    {
        int count;
        Require(InputOutputControl(descriptor, BytesAvailable, &count));
        return count;
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>How much; 0 at the end, -1 when nothing is there at present.</returns>
    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = Read(descriptor, start, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case InterruptedCall:
                        break;
                    case TryAgain:
                        return -1;
                    case var error:
                        throw new Win32Exception(error);
                }
            }
        }
    }

    /// <summary>Copies what is in a pipe to another one, and leaves it there.</summary>
    /// <returns>How much; 0 when nothing is there, or the other pipe is full or has no reader.</returns>
    public static int CopyAhead(int from, int to, int most) => (int)Math.Max(0, Tee(from, to, (nuint)most, SpliceNonBlocking));

    /// <summary>Writes as much as goes into a pipe at once; the rest, and all of it when nobody reads any more, is dropped.</summary>
    public static void Offer(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var entry = new PollEntry { Descriptor = descriptor, Events = PollOut };
            for (var written = 0; written < bytes.Length && Poll(&entry, 1, 0) == 1 && entry.Returned == PollOut;)
            {
                var count = Write(descriptor, start + written, (nuint)Math.Min(AtomicBytes, bytes.Length - written));
                if (count <= 0)
                {
                    return;
                }

                written += (int)count;
            }
        }
    }

    private static void Require(int result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int DuplicateOnto(int from, int to);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int InputOutputControl(int descriptor, nuint request, int* value);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "tee", SetLastError = true)]
    private static partial nint Tee(int from, int to, nuint count, uint flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int timeoutMillis);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
