using System.ComponentModel;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>What woven code calls. Public because woven assemblies call it; nobody else should.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WovenCode
{
    /// <summary>The slow path of a checkpoint: the word was not 0. Returns when nothing is for this thread.</summary>
    public static void Poll() => throw new NotSupportedException("Installed by the worker.");

    /// <summary>Clean-up begins on this thread; balanced by <see cref="ExitCleanup"/> in a finally.</summary>
    public static void EnterCleanup() => throw new NotSupportedException("Installed by the worker.");

    /// <summary>Clean-up ends on this thread.</summary>
    public static void ExitCleanup() => throw new NotSupportedException("Installed by the worker.");

    /// <summary>Clean-up begins in this asynchronous flow (a lowered <c>finally</c> with <c>await</c>, <c>DisposeAsync</c>).</summary>
    public static void EnterAsyncCleanup() => throw new NotSupportedException("Installed by the worker.");

    /// <summary>Clean-up ends in this asynchronous flow.</summary>
    public static void ExitAsyncCleanup() => throw new NotSupportedException("Installed by the worker.");

    /// <summary>A user's exception filter begins.</summary>
    /// <param name="frame">An address in the frame of the method that owns the filter.</param>
    public static void EnterFilter(nuint frame) => throw new NotSupportedException("Installed by the worker.");

    /// <summary>A user's exception filter ends normally.</summary>
    public static void ExitFilter() => throw new NotSupportedException("Installed by the worker.");

    /// <summary>Any catch handler was entered: filters of frames below are over, even those an exception left.</summary>
    /// <param name="frame">An address in the frame of the method that owns the handler.</param>
    public static void EnterCatch(nuint frame) => throw new NotSupportedException("Installed by the worker.");

    /// <summary>Asked by the filter of a clause that catches everything: true when the exception is the run's unwinding, wrapped or not, and must pass.</summary>
    public static bool PassesCatchAll(object exception) => throw new NotSupportedException("Installed by the worker.");

    /// <summary>Asked by the filter of a clause for KeyboardInterruptException or OperationCanceledException: true when even these must let it pass (insist, exit).</summary>
    public static bool PassesInterruptCatch(object exception) => throw new NotSupportedException("Installed by the worker.");

    /// <summary>A clause for KeyboardInterruptException or OperationCanceledException that never rethrows was entered.</summary>
    public static void Caught(object exception) => throw new NotSupportedException("Installed by the worker.");

    /// <summary>Such a clause that may rethrow was entered; <see cref="CatchLeft"/> or <see cref="CatchRethrows"/> follows.</summary>
    public static void CaughtForNow(object exception) => throw new NotSupportedException("Installed by the worker.");

    /// <summary>The clause of <see cref="CaughtForNow"/> was left normally.</summary>
    public static void CatchLeft() => throw new NotSupportedException("Installed by the worker.");

    /// <summary>The clause of <see cref="CaughtForNow"/> is about to rethrow.</summary>
    public static void CatchRethrows() => throw new NotSupportedException("Installed by the worker.");

    /// <summary>The slow path of the recursion guard: the frame is not within the run thread's stack with headroom.</summary>
    /// <param name="frame">An address in the caller's frame.</param>
    /// <param name="extraBytes">What the method needs beyond the headroom (localloc, large frames).</param>
    /// <exception cref="InsufficientExecutionStackException">The stack is nearly used up.</exception>
    public static void GuardStack(nuint frame, int extraBytes) => throw new NotSupportedException("Installed by the worker.");

    /// <summary>In place of <c>Environment.Exit</c>.</summary>
    public static void Exit(int exitCode) => throw new NotSupportedException("Installed by the worker.");
}
