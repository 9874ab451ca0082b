using ProcInterrupt.Reporting;

namespace ProcInterrupt;

/// <summary>For code that runs in a worker: say how far it is.</summary>
/// <remarks>
/// Cheap enough for a busy loop: what follows quickly upon another report replaces it, and about fifty a second are sent.
/// The last one of a run always is. Outside a worker nothing happens. Safe from any thread.
/// </remarks>
public static class Progress
{
    /// <summary>The longest message that is sent as a whole.</summary>
    internal const int MaxMessageChars = 1024;

    /// <summary>Says how far the calling thread's run is.</summary>
    /// <param name="fraction">0 to 1.</param>
    /// <param name="message">What is being done, or <see langword="null"/>; beyond 1,024 characters it is cut off.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not within 0 to 1, or no number.</exception>
    /// <exception cref="KeyboardInterruptException">The run is interrupted and the calling thread is not in clean-up.</exception>
    public static void Report(double fraction, string? message = null)
    {
        if (fraction is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "A fraction is a number from 0 to 1.");
        }

        ReportHost.Current?.Report(fraction, message?.Length > MaxMessageChars ? $"{message.AsSpan(0, MaxMessageChars - 1)}…" : message);
    }
}
