using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Unicode;
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
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>While there are none.</summary>
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMilliseconds(50);

    private readonly long most;
    private readonly Func<bool> isRunning;
    private readonly Action killedLeft;
    private readonly Lock looking = new();
    private readonly int folder = OpenProc();
    private readonly List<int> listed = [];
    private readonly HashSet<int> ended = [];
    private volatile bool hasKilled;

    /// <param name="most">How many processes may live at once, the worker itself not counted.</param>
    /// <param name="isRunning">Whether there is a run. Both are called on the watch's thread.</param>
    /// <param name="killedLeft">Called after processes were killed without a run.</param>
    public ProcessWatch(long most, Func<bool> isRunning, Action killedLeft)
    {
        this.most = most;
        this.isRunning = isRunning;
        this.killedLeft = killedLeft;
    }

    /// <summary>Whether there were too many, and processes have been killed, since <see cref="Forget"/>.</summary>
    public bool HasKilled => hasKilled;

    /// <summary>A run begins.</summary>
    public void Forget() => hasKilled = false;

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
        while (listed.Exists(static id => LivenessOf(id) is Liveness.Alive) && MonotonicClock.Nanos < until);
        _ = Close(folder);
    }

    private static int OpenProc()
    {
        fixed (byte* path = "/proc"u8)
        {
            return Open(path, OpenReadOnly | OpenFolder | OpenCloseOnExec);
        }
    }

    /// <summary>Looks at once; whoever is about to fork calls it, since the watch's thread hardly gets a turn while a large process forks without end.</summary>
    /// <returns>Whether there were too many, which are killed now.</returns>
    public bool Look()
    {
        lock (looking)
        {
            List(folder, listed);
            if (listed.Count <= most || CountAlive(listed) <= most)
            {
                return false;
            }

            hasKilled = true;
            _ = Kill(EveryProcess, KillSignal);
            return true;
        }
    }

    private void Loop()
    {
        // A bomb is not to keep this thread from its turn. Root may, and a namespace takes root.
        const int ofThread = 0;
        const int highest = -20;
        _ = SetPriority(ofThread, 0, highest);
        while (true)
        {
            if (Look() && !isRunning())
            {
                killedLeft();
            }

            Thread.Sleep(listed.Count > 0 || isRunning() ? LookInterval : IdleInterval);
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
            switch (ended.Contains(id) ? Liveness.Gone : LivenessOf(id))
            {
                case Liveness.Alive:
                    alive++;
                    break;
                case Liveness.PauseOfFirst:
                    pauses++;
                    break;
                case Liveness.Ended:
                    _ = ended.Add(id);
                    break;
                default:
                    break;
            }
        }

        // The first process, which keeps a ceiling of its own, sleeps by a program.
        return alive + Math.Max(pauses - 1, 0);
    }

    /// <summary>What a process is doing, by <c>/proc/ID/stat</c>: its number, its name in brackets, which may hold anything, its state, its parent.</summary>
    /// <remarks>By system calls on the stack: a thread that forks holds the locks of malloc, which a <c>File</c> needs.</remarks>
    private static Liveness LivenessOf(int id)
    {
        const int pathBytes = 32;
        const int statusBytes = 512;
        var path = stackalloc byte[pathBytes];
        if (!Utf8.TryWrite(new Span<byte>(path, pathBytes - 1), CultureInfo.InvariantCulture, $"/proc/{id}/stat", out var length))
        {
            return Liveness.Gone;
        }

        path[length] = 0;
        var file = Open(path, OpenReadOnly | OpenCloseOnExec);
        if (file < 0)
        {
            return Liveness.Gone;
        }

        var buffer = stackalloc byte[statusBytes];
        var count = Read(file, buffer, statusBytes);
        _ = Close(file);
        if (count <= 0)
        {
            return Liveness.Gone;
        }

        var status = new ReadOnlySpan<byte>(buffer, (int)count);
        var state = status[(status.LastIndexOf((byte)')') + 1)..];
        return state.StartsWith(" Z"u8) ? Liveness.Ended
            : state.Length > 3 && state[3..].StartsWith("1 "u8) && status.IndexOf("(sleep)"u8) >= 0 ? Liveness.PauseOfFirst
            : Liveness.Alive;
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, byte* buffer, nint length);

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

    private enum Liveness
    {
        /// <summary>There is none any more.</summary>
        Gone,

        /// <summary>It has ended, and nobody has asked about it.</summary>
        Ended,

        Alive,

        /// <summary>Alive, and may be the one that the namespace's first process pauses by.</summary>
        PauseOfFirst,
    }
}
