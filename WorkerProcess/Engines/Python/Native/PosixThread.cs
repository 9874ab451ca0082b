using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Engines.Python.Native;

/// <summary>Sends a signal to one thread.</summary>
internal static partial class PosixThread
{
    [LibraryImport("libc", EntryPoint = "pthread_self")]
    public static partial nint Self();

    [LibraryImport("libc", EntryPoint = "pthread_kill")]
    public static partial int Kill(nint thread, int signal);

    /// <summary>The process's id as the system tells it now: code may have forked.</summary>
    [LibraryImport("libc", EntryPoint = "getpid")]
    public static partial int ProcessId();
}
