using System.Runtime.InteropServices;

namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

/// <summary>Stands in for WovenCode: one run at a time, in this process, with the rules of the real one in their simplest form.</summary>
public static unsafe class TestHooks
{
    private static readonly AsyncLocal<int> AsyncDepth = new();

    [ThreadStatic]
    private static int depth;

    [ThreadStatic]
    private static int filterDepth;

    internal static readonly long* Word = (long*)NativeMemory.AlignedAlloc(4096, 4096);

    internal static nuint StackLow;
    internal static nuint StackSize;
    internal static bool IsTripped;
    internal static bool IsInsisting;
    internal static bool IsRaising;
    internal static bool IsDecided;
    internal static long Polls;
    internal static long Guards;
    internal static long Catches;
    internal static long Filters;
    internal static int? ExitCode;
    internal static readonly List<string> Log = [];

    /// <summary>The depth of clean-up on this thread and in this flow; woven test code reads it.</summary>
    public static int Depth => depth + AsyncDepth.Value;

    internal static void Reset()
    {
        *Word = 0;
        depth = 0;
        AsyncDepth.Value = 0;
        filterDepth = 0;
        IsTripped = IsInsisting = IsRaising = IsDecided = false;
        Polls = Guards = Catches = Filters = 0;
        ExitCode = null;
        lock (Log)
        {
            Log.Clear();
        }
    }

    /// <summary>Asks for an interrupt; woven test code may ask for its own.</summary>
    public static void Trip()
    {
        IsTripped = true;
        Volatile.Write(ref *Word, 2);
    }

    /// <summary>Asks for an interrupt that nothing may catch or put off.</summary>
    public static void Insist()
    {
        IsInsisting = true;
        Trip();
    }

    public static void Poll()
    {
        Polls++;
        if (IsTripped && (IsInsisting || (Depth == 0 && filterDepth == 0)))
        {
            IsRaising = true;
            throw new KeyboardInterruptException();
        }
    }

    public static void EnterCleanup() => depth++;

    public static void ExitCleanup() => depth--;

    public static void EnterAsyncCleanup() => AsyncDepth.Value++;

    public static void ExitAsyncCleanup() => AsyncDepth.Value--;

    public static void EnterFilter(nuint frame)
    {
        Filters++;
        filterDepth++;
        CheckFrame(frame);
    }

    public static void ExitFilter() => filterDepth--;

    public static void EnterCatch(nuint frame)
    {
        Catches++;
        filterDepth = 0;
        CheckFrame(frame);
    }

    public static bool PassesCatchAll(object exception) => IsRaising;

    public static bool PassesInterruptCatch(object exception) => IsInsisting;

    public static void Caught(object exception)
    {
        Note($"caught {exception.GetType().Name}");
        Settle();
    }

    public static void CaughtForNow(object exception)
    {
        Note($"for now {exception.GetType().Name}");
        IsRaising = false;
        IsDecided = false;
    }

    public static void CatchLeft()
    {
        Note("left");
        IsDecided = true;
        Settle();
    }

    public static void CatchRethrows()
    {
        Note("rethrows");
        IsDecided = true;
        IsRaising = IsTripped;
    }

    public static void GuardStack(nuint frame, int extraBytes)
    {
        Guards++;
        if (frame - StackLow + (1u << 20) < StackSize + (1u << 20) && frame - (nuint)extraBytes < StackLow)
        {
            throw new InsufficientExecutionStackException();
        }
    }

    /// <summary>Woven test code notes what it did.</summary>
    public static void Note(string text)
    {
        lock (Log)
        {
            Log.Add(text);
        }
    }

    private static void Settle()
    {
        IsRaising = IsTripped = false;
        *Word = 0;
    }

    private static void CheckFrame(nuint frame)
    {
        byte here;
        if (frame < (nuint)(&here) - 4096)
        {
            throw new InvalidOperationException("That is no address in a frame of a caller.");
        }
    }
}
