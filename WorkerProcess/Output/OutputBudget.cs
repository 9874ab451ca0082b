namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>Counts what a run writes; what comes beyond its budget is dropped. Used under the buffer's lock, except to ask.</summary>
internal sealed class OutputBudget
{
    private readonly long bytes;
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
