using System.Runtime.InteropServices;
using ProcInterrupt.Interrupts;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Calls a blocking method of the framework so that an interrupt wakes it.</summary>
/// <remarks>
/// Opens the thread's gate, looks, waits, closes the gate, in this order: whoever asks after the look finds the gate open
/// and kicks, and no kick is left behind. A thread that executes no run's code just waits.
/// </remarks>
internal static class WaitRegion
{
    private interface IWait<out TResult>
    {
        /// <param name="waitedNanos">How long the wait has taken already; 0 the first time.</param>
        TResult Invoke(long waitedNanos);
    }

    /// <summary>Waits; after a signal's handler has returned, waits again.</summary>
    /// <param name="state">What the wait is called with.</param>
    /// <param name="wait">Blocks. Safe to be broken off by <see cref="Thread.Interrupt"/>: then nothing has changed. Calls no user code.</param>
    /// <exception cref="KeyboardInterruptException">The calling thread's run unwinds.</exception>
    public static TResult Run<TState, TResult>(TState state, Func<TState, TResult> wait) =>
        Run<Untimed<TState, TResult>, TResult>(new Untimed<TState, TResult>(state, wait), isRepeatable: true);

    /// <inheritdoc cref="Run{TState, TResult}(TState, Func{TState, TResult})"/>
    public static void Run<TState>(TState state, Action<TState> wait) =>
        Run((state, wait), static call =>
        {
            call.wait(call.state);
            return true;
        });

    /// <summary>The same with a timeout, of which the wait is given what is left.</summary>
    /// <inheritdoc cref="Run{TState, TResult}(TState, Func{TState, TResult})"/>
    /// <param name="state">What the wait is called with.</param>
    /// <param name="millisecondsTimeout">As the framework understands it; not looked at here unless the wait is begun again.</param>
    /// <param name="wait">See above.</param>
    public static TResult Run<TState, TResult>(TState state, int millisecondsTimeout, Func<TState, int, TResult> wait) =>
        Run<Timed<TState, TResult>, TResult>(new Timed<TState, TResult>(state, millisecondsTimeout, wait), isRepeatable: true);

    /// <inheritdoc cref="Run{TState, TResult}(TState, int, Func{TState, int, TResult})"/>
    public static TResult Run<TState, TResult>(TState state, TimeSpan timeout, Func<TState, TimeSpan, TResult> wait) =>
        Run<Spanned<TState, TResult>, TResult>(new Spanned<TState, TResult>(state, timeout, wait), isRepeatable: true);

    /// <summary>A wait that cannot be begun twice: it is broken off only to unwind; signals with a handler wait until it is over.</summary>
    /// <inheritdoc cref="Run{TState, TResult}(TState, Func{TState, TResult})"/>
    public static TResult RunOnce<TState, TResult>(TState state, Func<TState, TResult> wait) =>
        Run<Untimed<TState, TResult>, TResult>(new Untimed<TState, TResult>(state, wait), isRepeatable: false);

    private static TResult Run<TWait, TResult>(TWait wait, bool isRepeatable)
        where TWait : struct, IWait<TResult>
    {
        if (RunThread.Current is not { Scope: { CanBeInterrupted: true } scope } thread)
        {
            return wait.Invoke(0);
        }

        var cleanup = CleanupDepth.InCleanup;
        var begun = MonotonicClock.Nanos;
        var waited = 0L;
        var outer = thread.Gate.Suspend();
        try
        {
            while (true)
            {
                var broken = false;
                thread.Gate.OpenFor(cleanup, isRepeatable);
                try
                {
                    if (!scope.Desk.HasWork(scope, cleanup))
                    {
                        return wait.Invoke(waited);
                    }
                }
                catch (ThreadInterruptedException) when (thread.Gate.IsKicked)
                {
                    broken = true;
                }
                finally
                {
                    thread.Gate.Close();
                }

                scope.Desk.TakeAndRaise(scope, cleanup);
                if (broken && !isRepeatable)
                {
                    // The interrupt was dealt with elsewhere meanwhile, but this wait is lost.
                    throw scope.CreateUnwindingException();
                }

                waited = Math.Max(1, MonotonicClock.Nanos - begun);
            }
        }
        finally
        {
            thread.Gate.Resume(outer);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct Untimed<TState, TResult>(TState state, Func<TState, TResult> wait) : IWait<TResult>
    {
        public TResult Invoke(long waitedNanos) => wait(state);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct Timed<TState, TResult>(TState state, int millis, Func<TState, int, TResult> wait) : IWait<TResult>
    {
        private const long NanosPerMilli = 1_000_000;

        // What is left is rounded up: a wait never ends early.
        public TResult Invoke(long waitedNanos) =>
            wait(state, millis <= 0 || waitedNanos == 0 ? millis : (int)Math.Max(0, ((millis * NanosPerMilli) - waitedNanos + NanosPerMilli - 1) / NanosPerMilli));
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly struct Spanned<TState, TResult>(TState state, TimeSpan timeout, Func<TState, TimeSpan, TResult> wait) : IWait<TResult>
    {
        public TResult Invoke(long waitedNanos) =>
            wait(state, timeout <= TimeSpan.Zero || waitedNanos == 0
                ? timeout
                : TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, (timeout - TimeSpan.FromTicks(waitedNanos / TimeSpan.NanosecondsPerTick)).TotalMilliseconds))));
    }
}
