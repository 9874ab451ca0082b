using Microsoft.Win32.SafeHandles;

namespace ProcInterrupt.Tests.Soak;

/// <summary>Those who write byte 0 of a worker's buffer by themselves, and how often each signal was written.</summary>
internal sealed class SoakStrangers : IDisposable
{
    private readonly Lock gate = new();
    private readonly long[] written = new long[256];
    private InterruptBuffer? buffer;
    private SafeFileHandle? file;

    /// <summary>Writes so far, by signal.</summary>
    public long[] Counts()
    {
        lock (gate)
        {
            return (long[])written.Clone();
        }
    }

    /// <summary>The worker polls this one from now on; kept here until the next, so that its path stays its own.</summary>
    public void Use(InterruptBuffer? next)
    {
        lock (gate)
        {
            file?.Dispose();
            buffer?.Dispose();
            buffer = next;
            file = next is null ? null : File.OpenHandle(next.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
    }

    /// <summary>Puts a byte there, whatever is there.</summary>
    public void Write(byte signal)
    {
        lock (gate)
        {
            if (file is not null)
            {
                // Counted first: a run must not end by it before it is known.
                written[signal]++;
                RandomAccess.Write(file, [signal], 0);
            }
        }
    }

    public void Dispose() => Use(null);
}
