using System.Runtime.InteropServices;
using ProcInterrupt.Processes;

namespace ProcInterrupt.WorkerProcess.Hosting;

/// <summary>The system calls about the worker's own process.</summary>
internal static unsafe partial class ProcessCalls
{
    private const int OpenReadOnly = 0;
    private const int KillSignal = 9;
    private const short PollIn = 1;
    private const int Interrupted = 4;
    private const nint PidFdOpen = 434;

    private static string? sessionMark;

    /// <summary>A session of its own: a terminal's Ctrl+C goes to the whole foreground group and would kill the worker. Fails harmlessly when it leads one already.</summary>
    /// <param name="mark">What those that runs start will be known by, to be ended with the worker; null when the system sees to that.</param>
    public static void StartSession(string? mark)
    {
        sessionMark = mark;
        _ = SetSession();
    }

    /// <summary>Closes what came from the controller besides the standard streams: its inheritable descriptors are not for the code that runs here.</summary>
    /// <param name="kept">One that stays; it is not for children.</param>
    /// <remarks>To be called before anything else opens files. The runtime opens all of its own close-on-exec, and what comes through an exec cannot be.</remarks>
    public static void CloseInheritedDescriptors(int? kept)
    {
        const int firstOther = 3;
        const int getDescriptorFlags = 1;
        const int setDescriptorFlags = 2;
        const int closeOnExec = 1;
        foreach (var path in Directory.GetFiles("/proc/self/fd"))
        {
            var descriptor = int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture);
            if (descriptor == kept)
            {
                _ = Control(descriptor, setDescriptorFlags, closeOnExec);
            }
            else if (descriptor >= firstOther && Control(descriptor, getDescriptorFlags, 0) == 0)
            {
                _ = Close(descriptor);
            }
        }
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

    /// <summary>A worker that is stopped is continued when the controller ends, and sees it then.</summary>
    public static void GoOnAtParentsEnd()
    {
        const int setParentDeathSignal = 1;
        const nuint continueSignal = 18;
        _ = ProcessControl(setParentDeathSignal, continueSignal, 0, 0, 0);
    }

    /// <summary>Kills what runs have started, wherever it is, and the worker's process group, the worker included.</summary>
    public static void KillSession()
    {
        try
        {
            if (sessionMark is not null)
            {
                SessionProcesses.Kill(sessionMark, Environment.ProcessId);
            }
        }
        finally
        {
            if (LeadsGroup)
            {
                _ = Kill(0, KillSignal);
            }

            ExitProcess(WorkerExitCode.Done);
        }
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

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitProcess(int exitCode);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
