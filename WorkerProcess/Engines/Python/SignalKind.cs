namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>What <c>signal.signal</c> set for a signal; the numbers are also in session.py.</summary>
internal enum SignalKind : byte
{
    /// <summary>SIG_DFL: SIGINT interrupts, others are consumed.</summary>
    Default = 0,

    /// <summary>SIG_IGN.</summary>
    Ignore = 1,

    /// <summary>A handler of the code's.</summary>
    Handler = 2,

    /// <summary><c>default_int_handler</c>.</summary>
    Raise = 3,

    /// <summary>The handler of <c>asyncio.run</c>: it cancels the main task and returns, and the interrupt comes out of the run all the same.</summary>
    Asyncio = 4,
}
