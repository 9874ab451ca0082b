using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Hosting;

/// <summary>The system calls about the worker's own process.</summary>
internal static unsafe partial class ProcessCalls
{
    private const int OpenReadOnly = 0;
    private const int KillSignal = 9;
    private const short PollIn = 1;
    private const int Interrupted = 4;
    private const nint PidFdOpen = 434;
    private const nint CloseRange = 436;

    /// <summary>A session of its own: a terminal's Ctrl+C goes to the whole foreground group and would kill the worker. Fails harmlessly when it leads one already.</summary>
    public static void StartSession() => _ = SetSession();

    /// <summary>What the worker was started with besides the standard streams is not for its children. Older kernels cannot; then they inherit it as ever.</summary>
    public static void KeepDescriptorsFromChildren()
    {
        const int firstOther = 3;
        const int closeOnExec = 4;
        _ = SystemCall(CloseRange, firstOther, unchecked((nint)uint.MaxValue), closeOnExec);
    }

    /// <summary>Whether the worker leads its process group, so that the group is its own to end.</summary>
    public static bool LeadsGroup => GetProcessGroup() == Environment.ProcessId;

    /// <summary>Reads one line byte by byte from descriptor 0 (no more than the line), then makes it the null device.</summary>
    /// <param name="maxLength">More than this is no secret.</param>
    public static string ReadLineAndCloseInput(int maxLength)
    {
        var line = new List<byte>();
        byte next;
        while (line.Count <= maxLength && Read(0, &next, 1) == 1 && next != (byte)'\n')
        {
            line.Add(next);
        }

        var nothing = Open("/dev/null", OpenReadOnly);
        if (nothing > 0)
        {
            _ = Duplicate(nothing, 0);
            _ = Close(nothing);
        }

        return System.Text.Encoding.ASCII.GetString([.. line]);
    }

    /// <summary>Blocks until the process is gone.</summary>
    /// <returns>False when it cannot be watched here.</returns>
    public static bool WaitForExitOf(int processId)
    {
        var descriptor = (int)SystemCall(PidFdOpen, processId, 0);
        if (descriptor < 0)
        {
            const int noSuchProcess = 3;
            return Marshal.GetLastPInvokeError() == noSuchProcess;
        }

        var watched = new PollEntry { Descriptor = descriptor, Events = PollIn };
        while (Poll(&watched, 1, -1) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }

        _ = Close(descriptor);
        return true;
    }

    /// <summary>Ends at once: no finalizer and no exit handler of the user's code runs.</summary>
    public static void ExitNow(int exitCode) => ExitProcess(exitCode);

    /// <summary>Kills the worker's process group, the worker included: nothing that a run started stays.</summary>
    public static void KillGroup()
    {
        if (LeadsGroup)
        {
            _ = Kill(0, KillSignal);
        }

        ExitProcess(WorkerExitCode.Done);
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int GetProcessGroup();

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitProcess(int exitCode);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
