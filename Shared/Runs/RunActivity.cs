namespace ProcInterrupt;

/// <summary>What a run is doing, as far as stopping it is concerned.</summary>
public enum RunActivity
{
    /// <summary>It is not being executed: there is no run, it is queued, or it is over.</summary>
    NotRunning,

    /// <summary>The engine is at work for it: it compiles the code or formats the value.</summary>
    Preparing,

    /// <summary>Its code runs and reaches checkpoints: an interrupt is seen at once.</summary>
    Polling,

    /// <summary>Its code polls or waits in clean-up (<c>finally</c>, <c>Dispose</c>), which only insisting breaks off.</summary>
    CleaningUp,

    /// <summary>A handler that its code has set for a signal is running.</summary>
    Handling,

    /// <summary>It goes on after interrupts that its code caught, or that came out where nothing unwinds.</summary>
    Swallowing,

    /// <summary>It waits, and uses no processor time.</summary>
    Blocked,

    /// <summary>It computes in code that does not poll: a long call into the base library, or C code of Python.</summary>
    NotPolling,

    /// <summary>It is in native code that a program called itself, where nothing can be raised.</summary>
    Native,

    /// <summary>The worker did not answer: it is stopped, starved, or at its end.</summary>
    NoAnswer,
}
