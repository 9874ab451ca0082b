namespace ProcInterrupt;

/// <summary>Shared memory whose first byte interrupts the worker that polls it; see <see cref="Worker.SetInterruptBufferAsync"/>.</summary>
/// <remarks>
/// Every worker has one of its own from the start. Whoever may write to <see cref="Path"/> can interrupt the current
/// run by putting a signal's number into byte 0. Safe from any thread.
/// </remarks>
public sealed class InterruptBuffer : IDisposable
{
    private InterruptBuffer()
    {
    }

    /// <summary>A path that opens as the buffer while this process keeps it.</summary>
    public string Path => throw new NotSupportedException("Follows.");

    /// <summary>Makes a buffer of 4,096 bytes with nothing pending.</summary>
    /// <exception cref="IOException">The operating system refused.</exception>
    public static InterruptBuffer Create() => throw new NotSupportedException("Follows.");

    /// <summary>Lets go of the buffer; the memory stays as long as a worker is set to it. May be called twice.</summary>
    public void Dispose()
    {
    }
}
