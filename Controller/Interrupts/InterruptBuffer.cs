using ProcInterrupt.Interrupts;

namespace ProcInterrupt;

/// <summary>Shared memory whose first byte interrupts the worker that polls it; see <see cref="Worker.SetInterruptBufferAsync"/>.</summary>
/// <remarks>
/// Every worker has one of its own from the start. Whoever may write to <see cref="Path"/> can interrupt the current
/// run by putting a signal's number into byte 0. Safe from any thread.
/// </remarks>
public sealed class InterruptBuffer : IDisposable, IInterruptTarget
{
    private readonly InterruptMap map;

    // The creator's hold and one for each worker that is set to it: touching memory that is unmapped would end the process.
    private int holds = 1;
    private int disposed;

    private InterruptBuffer(InterruptMap map) => this.map = map;

    /// <summary>A path that opens as the buffer as long as it is kept by this process.</summary>
    public string Path => map.Path;

    /// <summary>Makes a buffer of 4,096 bytes with nothing pending.</summary>
    /// <exception cref="IOException">The operating system refused.</exception>
    public static InterruptBuffer Create() => new(InterruptMap.Create());

    /// <summary>Lets go of the buffer; the memory stays as long as a worker is set to it. May be called twice.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            Release();
        }
    }

    /// <summary>Keeps the memory mapped until <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed of.</exception>
    internal void Hold()
    {
        var seen = Volatile.Read(ref holds);
        while (Volatile.Read(ref disposed) == 0 && seen > 0)
        {
            var found = Interlocked.CompareExchange(ref holds, seen + 1, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }

        throw new ObjectDisposedException(nameof(InterruptBuffer));
    }

    /// <summary>One more hold, by somebody who has one: also when the creator has let go.</summary>
    internal void HoldAgain() => Interlocked.Increment(ref holds);

    /// <summary>Ends one <see cref="Hold"/>; the holder does not touch the word any more.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref holds) == 0)
        {
            map.Dispose();
        }
    }

    InterruptWord IInterruptTarget.ReadWord() => map.ReadWord();

    InterruptWord IInterruptTarget.CompareExchangeWord(InterruptWord value, InterruptWord comparand) => map.CompareExchangeWord(value, comparand);

    void IInterruptTarget.RingDoorbell() => map.RingDoorbell();
}
