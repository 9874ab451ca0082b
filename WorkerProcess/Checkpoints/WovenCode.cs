using System.ComponentModel;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Checkpoints;

/// <summary>What woven code calls. Public because woven assemblies call it; nobody else should.</summary>
/// <remarks>A thin face: the delivery desk decides. The worker sets the desk before it weaves anything.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WovenCode
{
    private static DeliveryDesk? desk;

    private static DeliveryDesk Desk => desk ?? throw new InvalidOperationException("Woven code runs only inside a worker.");

    /// <summary>The slow path of a checkpoint: the word was not 0. Returns when nothing is for this thread.</summary>
    public static void Poll() => Desk.Check();

    /// <summary>Clean-up begins on this thread; balanced by <see cref="ExitCleanup"/> in a finally.</summary>
    public static void EnterCleanup() => CleanupDepth.Enter();

    /// <summary>Clean-up ends on this thread.</summary>
    public static void ExitCleanup() => CleanupDepth.Exit();

    /// <summary>Clean-up begins in this asynchronous flow (a lowered <c>finally</c> with <c>await</c>, <c>DisposeAsync</c>).</summary>
    public static void EnterAsyncCleanup() => CleanupDepth.EnterFlow();

    /// <summary>Clean-up ends in this asynchronous flow.</summary>
    public static void ExitAsyncCleanup() => CleanupDepth.ExitFlow();

    /// <summary>A user's exception filter begins.</summary>
    /// <param name="frame">An address in the frame of the method that owns the filter.</param>
    public static void EnterFilter(nuint frame) => CleanupDepth.EnterFilter(frame);

    /// <summary>A user's exception filter ends normally.</summary>
    public static void ExitFilter() => CleanupDepth.ExitFilter();

    /// <summary>Any catch handler was entered: filters of frames below are over, even those an exception left.</summary>
    /// <param name="frame">An address in the frame of the method that owns the handler.</param>
    public static void EnterCatch(nuint frame) => CleanupDepth.DropFiltersUpTo(frame);

    /// <summary>Asked by the filter of a clause that catches everything: true when the exception is the run's unwinding, wrapped or not, and must pass.</summary>
    public static bool PassesCatchAll(object exception) => DeliveryDesk.PassesCatchAll(exception);

    /// <summary>Asked by the filter of a clause for KeyboardInterruptException or OperationCanceledException: true when even these must let it pass (insist, exit).</summary>
    public static bool PassesInterruptCatch(object exception) => DeliveryDesk.PassesInterruptCatch(exception);

    /// <summary>A clause for KeyboardInterruptException or OperationCanceledException that never rethrows was entered.</summary>
    public static void Caught(object exception) => Desk.Caught(exception, mayRethrow: false);

    /// <summary>Such a clause that may rethrow was entered; <see cref="CatchLeft"/> or <see cref="CatchRethrows"/> follows.</summary>
    public static void CaughtForNow(object exception) => Desk.Caught(exception, mayRethrow: true);

    /// <summary>The clause of <see cref="CaughtForNow"/> was left normally.</summary>
    public static void CatchLeft() => Desk.CatchLeft();

    /// <summary>The clause of <see cref="CaughtForNow"/> is about to rethrow.</summary>
    public static void CatchRethrows() => Desk.CatchRethrows();

    /// <summary>The slow path of the recursion guard: the frame is not within the run thread's stack with headroom.</summary>
    /// <param name="frame">An address in the caller's frame.</param>
    /// <param name="extraBytes">What the method needs beyond the headroom (localloc, large frames).</param>
    /// <exception cref="InsufficientExecutionStackException">The stack is nearly used up.</exception>
    public static void GuardStack(nuint frame, int extraBytes) => ThreadStack.Guard(frame, extraBytes);

    /// <summary>Ends the calling thread's run.</summary>
    internal static void Exit(int exitCode) => Desk.Exit(exitCode);

    /// <summary>Called once, by the worker, before anything is woven.</summary>
    internal static void Install(DeliveryDesk installed) => desk = installed;
}
