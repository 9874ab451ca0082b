namespace ProcInterrupt.WorkerProcess.Delivery;

/// <summary>Calls a blocking method of the framework so that an interrupt wakes it.</summary>
internal static class WaitRegion
{
    /// <summary>Waits; after a signal's handler has returned, waits again.</summary>
    /// <param name="state">What the wait is called with.</param>
    /// <param name="wait">Blocks. Safe to be broken off by <see cref="Thread.Interrupt"/>: then nothing has changed. Calls no user code.</param>
    public static TResult Run<TState, TResult>(TState state, Func<TState, TResult> wait) => wait(state);

    /// <inheritdoc cref="Run{TState, TResult}(TState, Func{TState, TResult})"/>
    public static void Run<TState>(TState state, Action<TState> wait) => wait(state);

    /// <summary>The same with a timeout, of which the wait is given what is left.</summary>
    public static TResult Run<TState, TResult>(TState state, int millisecondsTimeout, Func<TState, int, TResult> wait) => wait(state, millisecondsTimeout);

    /// <inheritdoc cref="Run{TState, TResult}(TState, int, Func{TState, int, TResult})"/>
    public static TResult Run<TState, TResult>(TState state, TimeSpan timeout, Func<TState, TimeSpan, TResult> wait) => wait(state, timeout);

    /// <summary>A wait that cannot be begun twice: it is broken off only to unwind; signals with a handler wait until it is over.</summary>
    public static TResult RunOnce<TState, TResult>(TState state, Func<TState, TResult> wait) => wait(state);
}
