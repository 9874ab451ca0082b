using ProcInterrupt.Interrupts;

namespace ProcInterrupt;

/// <summary>For code that runs in a worker: look for an interrupt, handle signals, wait so that an interrupt wakes.</summary>
/// <remarks>
/// Code in a worker is checked by itself, without calling any of this. Outside a worker nothing is ever pending,
/// so a library may call <see cref="Check"/> wherever it likes. Safe from any thread.
/// </remarks>
public static class Interrupt
{
    private static readonly Lock HostGate = new();
    private static IInterruptHost? host;

    /// <summary>Cancelled when the calling thread's run is interrupted.</summary>
    /// <value>A token of the current run; <see cref="CancellationToken.None"/> outside a run. After an interrupt has been handled, a new token.</value>
    public static CancellationToken Token => host?.Token ?? CancellationToken.None;

    /// <summary>A checkpoint: raises or handles what is pending for the calling thread's run.</summary>
    /// <exception cref="KeyboardInterruptException">The run is interrupted and the calling thread is not in clean-up.</exception>
    public static void Check() => host?.Check();

    /// <summary>Sets what a signal does from now on, until the session is reset.</summary>
    /// <param name="signal">1 to 64.</param>
    /// <param name="handler">
    /// Called at a checkpoint of the run, on the thread that reaches it; when it returns, the code goes on and the
    /// request's receipt says <c>handled</c>. <see langword="null"/> restores the default.
    /// </param>
    /// <returns>The handler that was set before, or <see langword="null"/> for the default.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="signal"/> is not within 1 to 64.</exception>
    /// <exception cref="InvalidOperationException">The code does not run in a worker.</exception>
    public static Action<Signal>? Handle(Signal signal, Action<Signal>? handler)
    {
        if (signal is Signal.None or > Signal.Max)
        {
            throw new ArgumentOutOfRangeException(nameof(signal), signal, "A signal is a number from 1 to 64.");
        }

        return (host ?? throw new InvalidOperationException("Signals can be handled only by code that runs in a worker."))
            .Handle(signal, handler);
    }

    /// <summary>Waits as <see cref="Thread.Sleep(TimeSpan)"/> does; an interrupt ends the wait at once.</summary>
    /// <param name="duration">0 or more, up to <see cref="int.MaxValue"/> milliseconds; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <exception cref="KeyboardInterruptException">The run was interrupted.</exception>
    public static void Sleep(TimeSpan duration)
    {
        if (duration != Timeout.InfiniteTimeSpan && (duration < TimeSpan.Zero || duration.TotalMilliseconds > int.MaxValue))
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "A wait is 0 to 2,147,483,647 milliseconds, or infinite.");
        }

        if (host is { } present)
        {
            present.Sleep(duration);
        }
        else
        {
            Thread.Sleep(duration);
        }
    }

    /// <summary>Called once, by the worker, before any code runs.</summary>
    internal static void Install(IInterruptHost installed)
    {
        lock (HostGate)
        {
            if (host is not null && !ReferenceEquals(host, installed))
            {
                throw new InvalidOperationException("An interrupt host is installed already.");
            }

            host = installed;
        }
    }
}
