using System.Globalization;
using System.Runtime.InteropServices;
using ProcInterrupt.WorkerProcess.Hosting;

namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>Keeps the budget of processes: counts what lives in the worker's own pid namespace, and kills all of it when it is too much.</summary>
/// <remarks>
/// The kill is one step for the kernel, which no fork escapes: so it ends a fork bomb. Until the next look a bomb can start some
/// hundred processes more than its budget. Only for a worker that is alone in its namespace, or others would be killed.
/// </remarks>
internal sealed partial class ProcessWatch
{
    private const int KillSignal = 9;
    private const int EveryProcess = -1;

    /// <summary>While there are processes or code that may start some.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>While there are none.</summary>
    private static readonly TimeSpan IdleLook = TimeSpan.FromMilliseconds(50);

    private readonly long most;
    private readonly Func<bool> isRunning;
    private readonly Action exceeded;
    private readonly HashSet<int> ended = [];

    /// <param name="most">How many processes may live at once, the worker itself not counted.</param>
    /// <param name="isRunning">Whether there is a run. Called on the watch's thread.</param>
    /// <param name="exceeded">Interrupts it. Called on the watch's thread, before its processes are killed.</param>
    public ProcessWatch(long most, Func<bool> isRunning, Action exceeded)
    {
        this.most = most;
        this.isRunning = isRunning;
        this.exceeded = exceeded;
    }

    /// <summary>Starts the thread; it runs until the process ends.</summary>
    public void Start() => WorkerThread.Start("process watch", Loop);

    private void Loop()
    {
        // A bomb is not to keep this thread from its turn. Root may, and a namespace takes root.
        const int ofThread = 0;
        const int highest = -20;
        _ = SetPriority(ofThread, 0, highest);
        while (true)
        {
            var listed = List();
            if (listed.Count > most && CountAlive(listed) > most)
            {
                exceeded();
                _ = Kill(EveryProcess, KillSignal);
            }

            Thread.Sleep(listed.Count > 0 || isRunning() ? Look : IdleLook);
        }
    }

    /// <summary>The processes beside the worker and the namespace's first.</summary>
    private static List<int> List()
    {
        const int first = 1;
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != first && id != Environment.ProcessId)
            {
                found.Add(id);
            }
        }

        return found;
    }

    /// <summary>Without those that have ended and that nobody has asked about: code that forks need not wait for its children.</summary>
    private int CountAlive(List<int> listed)
    {
        ended.IntersectWith(listed);
        var alive = 0;
        foreach (var id in listed)
        {
            if (!ended.Contains(id) && !HasEnded(id))
            {
                alive++;
            }
        }

        return alive;
    }

    private bool HasEnded(int id)
    {
        string status;
        try
        {
            status = File.ReadAllText($"/proc/{id}/stat");
        }
        catch (IOException)
        {
            return true;
        }

        // Behind the program's name, which may hold anything.
        if (status.AsSpan(status.LastIndexOf(')')).StartsWith(") Z", StringComparison.Ordinal))
        {
            _ = ended.Add(id);
            return true;
        }

        return false;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int id, int priority);
}
