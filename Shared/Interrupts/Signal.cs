namespace ProcInterrupt;

/// <summary>The number of a signal, 1 to 64 as on POSIX; unnamed numbers are reached by cast.</summary>
/// <remarks>
/// Only the number crosses the interrupt word; no operating-system signal is sent. A handler set with
/// <see cref="Interrupt.Handle"/> receives it. Without one, <see cref="Interrupt"/> raises
/// <see cref="KeyboardInterruptException"/> and every other number is consumed and ignored.
/// </remarks>
public enum Signal : byte
{
    /// <summary>No signal; never delivered.</summary>
    None = 0,

    /// <summary>SIGHUP, 1.</summary>
    HangUp = 1,

    /// <summary>SIGINT, 2: the default, raises <see cref="KeyboardInterruptException"/>.</summary>
    Interrupt = 2,

    /// <summary>SIGQUIT, 3.</summary>
    Quit = 3,

    /// <summary>SIGUSR1, 10.</summary>
    User1 = 10,

    /// <summary>SIGUSR2, 12.</summary>
    User2 = 12,

    /// <summary>SIGALRM, 14.</summary>
    Alarm = 14,

    /// <summary>SIGTERM, 15.</summary>
    Terminate = 15,

    /// <summary>The largest number, 64 (SIGRTMAX).</summary>
    Max = 64,
}
