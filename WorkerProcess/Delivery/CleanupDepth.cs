namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Whether the calling code is clean-up (or called by clean-up), where only insist raises.</summary>
/// <remarks>Three kinds: on a thread (finally blocks, Dispose), in an asynchronous flow, and in exception filters. Read on the slow path only.</remarks>
internal static class CleanupDepth
{
    private static readonly AsyncLocal<int> FlowDepth = new();

    [ThreadStatic]
    private static int threadDepth;

    /// <summary>Frames that own a running filter, outermost first. An exception that leaves a filter leaves its entry behind.</summary>
    [ThreadStatic]
    private static Stack<nuint>? filterFrames;

    public static bool InCleanup => threadDepth > 0 || filterFrames is { Count: > 0 } || FlowDepth.Value > 0;

    /// <summary>Whether the code is in clean-up also without the innermost <c>finally</c> or <c>Dispose</c> of its thread.</summary>
    public static bool InOuterCleanup => threadDepth > 1 || filterFrames is { Count: > 0 } || FlowDepth.Value > 0;

    public static void Enter() => threadDepth++;

    public static void Exit() => threadDepth--;

    public static void EnterFlow()
    {
        FlowDepth.Value++;
        RunScope.Current?.CleanupFlowBegan();
    }

    public static void ExitFlow()
    {
        FlowDepth.Value--;
        RunScope.Current?.CleanupFlowEnded();
    }

    public static void EnterFilter(nuint frame) => (filterFrames ??= new Stack<nuint>()).Push(frame);

    public static void ExitFilter() => filterFrames!.Pop();

    /// <summary>
    /// The thread begins with something else, from here up: what filters deeper down left behind is gone. Nobody else would
    /// drop it where the exception went on to a handler that is not woven, as an insist does that came while a filter ran.
    /// </summary>
    public static unsafe void DropFiltersBelow()
    {
        if (filterFrames is { Count: > 0 })
        {
            var here = 0;
            DropFiltersUpTo((nuint)(&here));
        }
    }

    /// <summary>A handler was entered: its frame and everything above live, every frame below is gone, with its filters.</summary>
    /// <param name="frame">An address in the handler's frame; stacks grow down.</param>
    public static void DropFiltersUpTo(nuint frame)
    {
        while (filterFrames is { Count: > 0 } && filterFrames.Peek() <= frame)
        {
            filterFrames.Pop();
        }
    }
}
