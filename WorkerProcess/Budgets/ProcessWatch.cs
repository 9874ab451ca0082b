using System.Buffers.Text;
using System.Runtime.InteropServices;
using ProcInterrupt.Interrupts;
using ProcInterrupt.WorkerProcess.Hosting;

namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>Keeps the budget of processes: counts what lives in the worker's own pid namespace, and kills all of it when it is too much.</summary>
/// <remarks>
/// The kill is one step for the kernel, which no fork escapes: so it ends a fork bomb. Until the next look a bomb can start some
/// hundred processes more than its budget. Only for a worker that is alone in its namespace, or others would be killed.
/// </remarks>
internal sealed unsafe partial class ProcessWatch
{
    private const int OpenReadOnly = 0;
    private const int OpenCloseOnExec = 0x80000;
    private const int KillSignal = 9;
    private const int EveryProcess = -1;

    /// <summary>O_DIRECTORY.</summary>
    private static readonly int OpenFolder = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    /// <summary>getdents64.</summary>
    private static readonly nint EntriesNumber = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 61 : 217;

    /// <summary>While there are processes or code that may start some.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>While there are none.</summary>
    private static readonly TimeSpan IdleLook = TimeSpan.FromMilliseconds(50);

    private readonly long most;
    private readonly Func<bool> isRunning;
    private readonly Action exceeding;
    private readonly Action exceeded;
    private readonly HashSet<int> ended = [];

    /// <param name="most">How many processes may live at once, the worker itself not counted.</param>
    /// <param name="isRunning">Whether there is a run. All three are called on the watch's thread.</param>
    /// <param name="exceeding">Called before processes are killed; is not to wait.</param>
    /// <param name="exceeded">Called after that. Interrupts the run.</param>
    public ProcessWatch(long most, Func<bool> isRunning, Action exceeding, Action exceeded)
    {
        this.most = most;
        this.isRunning = isRunning;
        this.exceeding = exceeding;
        this.exceeded = exceeded;
    }

    /// <summary>Starts the thread; it runs until the process ends.</summary>
    public void Start() => WorkerThread.Start("process watch", Loop);

    /// <summary>Kills whatever a run has left that went beyond the budget, so that it does not go on under the next one; waits a second at most.</summary>
    public static void KillRest()
    {
        const long patienceNanos = 1_000_000_000;
        var until = MonotonicClock.Nanos + patienceNanos;
        var folder = OpenProc();
        var listed = new List<int>();
        do
        {
            _ = Kill(EveryProcess, KillSignal);
            List(folder, listed);
        }
        while (listed.Exists(static id => ReadStatus(id) is { } status && !HasEnded(status) && !IsPauseOfFirst(status)) && MonotonicClock.Nanos < until);
        _ = Close(folder);
    }

    private static int OpenProc() => Open("/proc", OpenReadOnly | OpenFolder | OpenCloseOnExec);

    private void Loop()
    {
        // A bomb is not to keep this thread from its turn. Root may, and a namespace takes root.
        const int ofThread = 0;
        const int highest = -20;
        _ = SetPriority(ofThread, 0, highest);
        var folder = OpenProc();
        var listed = new List<int>();
        while (true)
        {
            List(folder, listed);
            if (listed.Count > most && CountAlive(listed) > most)
            {
                // First of all the kill: while a large process forks, its other threads get nowhere.
                exceeding();
                _ = Kill(EveryProcess, KillSignal);
                exceeded();
            }

            Thread.Sleep(listed.Count > 0 || isRunning() ? Look : IdleLook);
        }
    }

    /// <summary>The processes beside the worker and the namespace's first.</summary>
    /// <remarks>Makes no garbage: memory that is new to this process waits for its forks.</remarks>
    private static void List(int folder, List<int> found)
    {
        const int first = 1;
        const int bufferBytes = 4096;
        const int nameAt = 19;
        const int lengthAt = 16;
        found.Clear();
        var own = Environment.ProcessId;
        var buffer = stackalloc byte[bufferBytes];
        _ = Seek(folder, 0, 0);
        nint count;
        while ((count = GetEntries(EntriesNumber, folder, buffer, bufferBytes)) > 0)
        {
            for (var at = 0; at < count; at += *(ushort*)(buffer + at + lengthAt))
            {
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + nameAt);
                if (Utf8Parser.TryParse(name, out int id, out var used) && used == name.Length && id != first && id != own)
                {
                    found.Add(id);
                }
            }
        }
    }

    /// <summary>Without those that have ended and that nobody has asked about: code that forks need not wait for its children.</summary>
    private int CountAlive(List<int> listed)
    {
        ended.IntersectWith(listed);
        var alive = 0;
        var pauses = 0;
        foreach (var id in listed)
        {
            if (ended.Contains(id) || ReadStatus(id) is not { } status)
            {
                continue;
            }

            if (HasEnded(status))
            {
                _ = ended.Add(id);
                continue;
            }

            alive++;
            pauses += IsPauseOfFirst(status) ? 1 : 0;
        }

        // The first process, which keeps a ceiling of its own, sleeps by a program.
        return alive - Math.Min(pauses, 1);
    }

    private static bool IsPauseOfFirst(string status)
    {
        // The state, then the parent.
        var fields = status.AsSpan(status.LastIndexOf(')') + 1);
        return status.Contains("(sleep)", StringComparison.Ordinal) && fields.Length > 5 && fields[3..].StartsWith("1 ", StringComparison.Ordinal);
    }

    /// <summary>Whether it is a zombie. The state stands behind the program's name, which may hold anything.</summary>
    private static bool HasEnded(string status) => status.AsSpan(status.LastIndexOf(')')).StartsWith(") Z", StringComparison.Ordinal);

    /// <returns>Null when it is gone.</returns>
    private static string? ReadStatus(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat");
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(int descriptor, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint GetEntries(nint number, nint folder, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int id, int priority);
}
