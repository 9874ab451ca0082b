namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>Counts what a run writes; what comes beyond its budget is dropped. Used under the buffer's lock, except to ask.</summary>
internal sealed class OutputBudget
{
    /// <summary>A flood from outside is over when nothing has come for so long.</summary>
    private const long SilenceNanos = 100_000_000;

    private readonly long bytes;
    private long floodedAt = long.MinValue;
    private volatile bool exceeded;

    /// <param name="bytes">Of UTF-8, for each run.</param>
    public OutputBudget(long bytes)
    {
        this.bytes = bytes;
        Left = bytes;
    }

    /// <summary>Whether the current run has written more.</summary>
    public bool IsExceeded => exceeded;

    /// <summary>How much may still be written.</summary>
    public long Left { get; private set; }

    /// <summary>Something comes from outside. A process that has flooded one run, and lives on, does not end the next one too: it is not heard until it has paused.</summary>
    /// <returns>Whether it is part of such a flood, and to be dropped.</returns>
    public bool IsFlood(long nowNanos)
    {
        if (floodedAt == long.MinValue || nowNanos - floodedAt > SilenceNanos)
        {
            floodedAt = long.MinValue;
            return false;
        }

        floodedAt = nowNanos;
        return true;
    }

    /// <summary>What came from outside was too much.</summary>
    public void Flooded(long nowNanos) => floodedAt = nowNanos;

    /// <summary>A run begins.</summary>
    public void Begin()
    {
        Left = bytes;
        exceeded = false;
    }

    public void Spend(long written) => Left -= written;

    /// <summary>Something did not fit any more.</summary>
    public void Exceed() => exceeded = true;
}
