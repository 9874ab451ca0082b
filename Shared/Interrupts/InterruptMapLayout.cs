namespace ProcInterrupt.Interrupts;

/// <summary>Offsets in the 4,096-byte interrupt map, in bytes; each writer has its own 64-byte line.</summary>
internal static class InterruptMapLayout
{
    public const int Size = 4096;

    /// <summary>8 bytes, both sides, compare-exchange: <see cref="InterruptWord"/>.</summary>
    public const int Word = 0;

    /// <summary>4 bytes, worker: the run being executed, 0 = idle. Diagnostics only.</summary>
    public const int CurrentRun = 64;

    /// <summary>4 bytes, worker: <see cref="WorkerState"/>. Diagnostics only.</summary>
    public const int State = 68;

    /// <summary>8 bytes, worker: when the last interrupt was taken, in ns of CLOCK_MONOTONIC. Diagnostics only.</summary>
    public const int TakenNanos = 72;

    /// <summary>8 bytes, worker: when it was raised.</summary>
    public const int RaisedNanos = 80;

    /// <summary>8 bytes, worker: when the run had unwound.</summary>
    public const int UnwoundNanos = 88;

    /// <summary>4 bytes, controller: incremented after each write to the word; a futex.</summary>
    public const int Doorbell = 128;

    /// <summary>4 bytes, worker: 1 while the watcher sleeps.</summary>
    public const int Waiting = 132;

    /// <summary>8 bytes, creator: <see cref="MagicValue"/>.</summary>
    public const int Magic = 192;

    /// <summary>4 bytes, creator: <see cref="VersionValue"/>.</summary>
    public const int Version = 200;

    /// <summary>4 bytes, creator: <see cref="Size"/>.</summary>
    public const int MapSize = 204;

    /// <summary>"PROCINTR" in ASCII, read as a little-endian number.</summary>
    public const ulong MagicValue = 0x5254_4E49_434F_5250;

    public const uint VersionValue = 1;
}
