using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>A thread that executes or has executed a run's code.</summary>
internal sealed partial class RunThread
{
    private static readonly Lock AllGate = new();

    /// <summary>Replaced, never changed, so that it is read without a lock.</summary>
    private static volatile RunThread[] all = [];

    [ThreadStatic]
    private static RunThread? current;

    private readonly Thread thread = Thread.CurrentThread;
    private volatile RunScope? scope;
    private volatile bool waitsForPulse;

    private RunThread() => Gate = new KickGate(thread);

    /// <summary>The calling thread; <see langword="null"/> if it never executed a run's code.</summary>
    public static RunThread? Current => current;

    /// <summary>The run whose code it executes.</summary>
    public RunScope? Scope => scope;

    public KickGate Gate { get; }

    /// <summary>The kernel's id of the thread.</summary>
    public int KernelId { get; } = GetThreadId();

    /// <summary>Whether it waits for something of the worker's own, which a pulse wakes: input, room for output, the end of a sleep.</summary>
    public bool WaitsForPulse
    {
        get => waitsForPulse;
        set => waitsForPulse = value;
    }

    /// <summary>The threads in a run's code, the oldest first: the run thread, if its code is not awaited.</summary>
    public static IReadOnlyList<RunThread> In(RunScope scope) => [.. all.Where(each => each.scope == scope && each.thread.IsAlive)];

    /// <summary>The calling thread goes over to another run's code, or to nobody's. Never throws.</summary>
    public static void Enter(RunScope? next)
    {
        CleanupDepth.DropFiltersBelow();
        if (current is { } known)
        {
            known.scope = next;
        }
        else if (next is not null)
        {
            var added = current = new RunThread { scope = next };
            lock (AllGate)
            {
                all = [.. all.Where(static each => each.thread.IsAlive), added];
            }
        }
    }

    /// <summary>Kicks all of a run's threads that wait.</summary>
    /// <param name="scope">The run.</param>
    /// <param name="insist">Also those in clean-up.</param>
    public static void KickAll(RunScope scope, bool insist)
    {
        foreach (var each in all)
        {
            if (each.scope == scope)
            {
                each.Gate.TryKick(insist, onlyRepeatable: false);
            }
        }
    }

    /// <summary>Kicks one of a run's threads that waits, so that it takes what is asked; the oldest, which is the run thread if it waits.</summary>
    /// <param name="scope">The run.</param>
    /// <param name="insist">Also one in clean-up.</param>
    /// <param name="onlyRepeatable">Only one whose wait can go on afterwards.</param>
    public static void KickOne(RunScope scope, bool insist, bool onlyRepeatable)
    {
        foreach (var each in all)
        {
            if (each.scope == scope && each.Gate.TryKick(insist, onlyRepeatable))
            {
                return;
            }
        }
    }

    /// <summary>Whether a thread is in a run's code.</summary>
    public static bool AnyIn(RunScope scope)
    {
        foreach (var each in all)
        {
            if (each.scope == scope && each.thread.IsAlive)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a thread is still in the code of a run that is over and was to stop.</summary>
    public static bool AnyCondemned()
    {
        foreach (var each in all)
        {
            if (each.scope is { IsCondemned: true } && each.thread.IsAlive)
            {
                return true;
            }
        }

        return false;
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();
}
