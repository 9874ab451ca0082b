using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Engines.Python.Native;

/// <summary>Sends a signal to one thread; and what else the engine asks of the system.</summary>
internal static unsafe partial class PosixThread
{
    [LibraryImport("libc", EntryPoint = "pthread_self")]
    public static partial nint Self();

    [LibraryImport("libc", EntryPoint = "pthread_kill")]
    public static partial int Kill(nint thread, int signal);

    /// <summary>The process's id as the system tells it now: code may have forked.</summary>
    [LibraryImport("libc", EntryPoint = "getpid")]
    public static partial int ProcessId();

    /// <summary>Writes one byte to a descriptor that does not block; when it is full, whoever reads it wakes anyway.</summary>
    public static void WriteByte(int descriptor, byte value) => _ = Write(descriptor, &value, 1);

    /// <summary>Writes out what C code has buffered in its own streams.</summary>
    public static void FlushStreams() => _ = Flush(0);

    [LibraryImport("libc", EntryPoint = "fflush")]
    private static partial int Flush(nint stream);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, byte* bytes, nuint count);
}
