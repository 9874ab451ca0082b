using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ProcInterrupt.Interrupts.Platform;

/// <summary>The C library's calls behind the map, its fixed page and the doorbell.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class Libc
{
    public const int ProtReadWrite = 3;
    public const int MapShared = 1;
    public const int MapPrivate = 2;
    public const int MapFixed = 0x10;
    public const int MapAnonymous = 0x20;
    public const nint MapFailed = -1;

    public const int OpenReadWriteCloseOnExec = 2 | 0x80000;

    /// <summary>MFD_CLOEXEC | MFD_ALLOW_SEALING: not inherited by what either side starts.</summary>
    public const uint MemfdFlags = 1 | 2;

    public const int AddSeals = 1033;

    /// <summary>F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW: nobody can truncate the map under a reader, which would be fatal to it.</summary>
    public const int MapSeals = 1 | 2 | 4;

    /// <summary>Mode 0600.</summary>
    public const uint OwnerReadWrite = 0b110_000_000;

    private const int FutexWaitOperation = 0;
    private const int FutexWakeOperation = 1;

    private static readonly nint FutexNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int descriptor, long length);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(int descriptor, uint mode);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(int descriptor, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    /// <summary>Sleeps while <paramref name="address"/> holds <paramref name="expected"/>, until woken or timed out; may wake for no reason.</summary>
    /// <param name="address">A shared futex: the waker may be another process, so not the private kind.</param>
    /// <param name="expected">The value that was seen.</param>
    /// <param name="timeout">How long; infinite waits for ever.</param>
    public static void FutexWait(uint* address, uint expected, TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            _ = Futex(FutexNumber, address, FutexWaitOperation, (nint)expected, null);
            return;
        }

        var limit = new TimeSpec { Seconds = timeout.Ticks / TimeSpan.TicksPerSecond, Nanos = timeout.Ticks % TimeSpan.TicksPerSecond * 100 };
        _ = Futex(FutexNumber, address, FutexWaitOperation, (nint)expected, &limit);
    }

    public static void FutexWake(uint* address) => _ = Futex(FutexNumber, address, FutexWakeOperation, int.MaxValue, null);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Futex(nint number, uint* address, nint operation, nint value, TimeSpec* timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }
}
