using ProcInterrupt.Interrupts;

namespace ProcInterrupt;

/// <summary>For code that runs in a worker: look for an interrupt, handle signals, wait so that an interrupt wakes.</summary>
/// <remarks>
/// Code in a worker is checked by itself, without calling any of this. Outside a worker nothing is ever pending,
/// so a library may call <see cref="Check"/> wherever it likes. Safe from any thread.
/// </remarks>
public static class Interrupt
{
    /// <summary>How long a shield lasts when nothing is said: 1 second.</summary>
    internal static readonly TimeSpan DefaultShield = TimeSpan.FromSeconds(1);

    /// <summary>How long a shield may last: 60 seconds.</summary>
    internal static readonly TimeSpan MaxShield = TimeSpan.FromSeconds(60);

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

    /// <summary>Holds off interrupts for a second; see <see cref="Shield(TimeSpan)"/>.</summary>
    public static IDisposable Shield() => Shield(DefaultShield);

    /// <summary>
    /// Holds off interrupts (signals, deadlines, the shutdown) until what is returned is disposed of, but no longer than the
    /// bound; then what was asked meanwhile is delivered at once. Insist goes through.
    /// </summary>
    /// <param name="bound">More than 0, up to 60 seconds.</param>
    /// <returns>
    /// To be disposed of when the work is done, on any thread; a second time does nothing. It is a checkpoint: it raises what was
    /// held off, unless the shield was set up in clean-up or another one still holds.
    /// </returns>
    /// <remarks>
    /// An interrupt stops a whole run, so the shield is the run's: while one of its threads or tasks holds one, nothing of the run
    /// is interrupted, and waits go on. Shields nest; one that is set up while something is held off already lasts no longer than
    /// those that hold it off, so that no code can put an interrupt off for ever. Setting one up is a checkpoint too. A shield ends
    /// with its run. Outside a worker, and outside a run, it does nothing.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is 0 or less, or more than 60 seconds.</exception>
    /// <exception cref="KeyboardInterruptException">The run is interrupted already, and the calling thread is not in clean-up.</exception>
    public static IDisposable Shield(TimeSpan bound)
    {
        if (bound <= TimeSpan.Zero || bound > MaxShield)
        {
            throw new ArgumentOutOfRangeException(nameof(bound), bound, "A shield lasts more than 0 and at most 60 seconds.");
        }

        return host?.Shield(bound) ?? NoShield.Instance;
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
