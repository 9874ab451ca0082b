using ProcInterrupt.Interrupts.Platform;

namespace ProcInterrupt.Interrupts;

/// <summary>The fields of an interrupt map that is mapped at some address.</summary>
/// <remarks>All members are atomic and may be used by any thread while the mapping lives; the owner of the mapping sees to that.</remarks>
internal sealed unsafe class InterruptMapView
{
    private readonly byte* address;

    public InterruptMapView(nint address) => this.address = (byte*)address;

    public nint Address => (nint)address;

    public uint CurrentRun
    {
        get => Volatile.Read(ref *(uint*)(address + InterruptMapLayout.CurrentRun));
        set => Volatile.Write(ref *(uint*)(address + InterruptMapLayout.CurrentRun), value);
    }

    public WorkerState State
    {
        set => Volatile.Write(ref *(int*)(address + InterruptMapLayout.State), (int)value);
    }

    public long TakenNanos
    {
        set => Volatile.Write(ref *(long*)(address + InterruptMapLayout.TakenNanos), value);
    }

    public long RaisedNanos
    {
        set => Volatile.Write(ref *(long*)(address + InterruptMapLayout.RaisedNanos), value);
    }

    public long UnwoundNanos
    {
        set => Volatile.Write(ref *(long*)(address + InterruptMapLayout.UnwoundNanos), value);
    }

    public uint Doorbell => Volatile.Read(ref *DoorbellAddress);

    public bool Waiting
    {
        get => Volatile.Read(ref *(uint*)(address + InterruptMapLayout.Waiting)) != 0;
        set => Volatile.Write(ref *(uint*)(address + InterruptMapLayout.Waiting), value ? 1u : 0u);
    }

    private uint* DoorbellAddress => (uint*)(address + InterruptMapLayout.Doorbell);

    private ref ulong WordBits => ref *(ulong*)(address + InterruptMapLayout.Word);

    public InterruptWord ReadWord() => new(Volatile.Read(ref WordBits));

    /// <returns>The word that stood there; equal to <paramref name="comparand"/> when <paramref name="value"/> was put in its place.</returns>
    public InterruptWord CompareExchangeWord(InterruptWord value, InterruptWord comparand) =>
        new(Interlocked.CompareExchange(ref WordBits, value.Bits, comparand.Bits));

    /// <summary>Rings: after a write to the word, wakes the worker's watcher if it sleeps.</summary>
    /// <remarks>Increment, full fence, read <c>waiting</c>: the watcher does it the other way round, so one of the two sees the other.</remarks>
    public void RingDoorbell()
    {
        Interlocked.Increment(ref *DoorbellAddress);
        Interlocked.MemoryBarrier();
        if (Waiting && OperatingSystem.IsLinux())
        {
            Libc.FutexWake(DoorbellAddress);
        }
    }

    /// <summary>The watcher's wait: returns when the doorbell is no longer <paramref name="sampled"/>, or the time is over, or for no reason.</summary>
    /// <param name="sampled">The doorbell as it was before the word was read.</param>
    /// <param name="timeout">How long; infinite waits for ever.</param>
    public void WaitForDoorbell(uint sampled, TimeSpan timeout)
    {
        Waiting = true;
        Interlocked.MemoryBarrier();
        if (Doorbell == sampled)
        {
            if (OperatingSystem.IsLinux())
            {
                Libc.FutexWait(DoorbellAddress, sampled, timeout);
            }
            else
            {
                // No futex across processes elsewhere: poll every millisecond.
                Thread.Sleep(1);
            }
        }

        Waiting = false;
    }

    public void WriteHeader()
    {
        *(ulong*)(address + InterruptMapLayout.Magic) = InterruptMapLayout.MagicValue;
        *(uint*)(address + InterruptMapLayout.Version) = InterruptMapLayout.VersionValue;
        *(uint*)(address + InterruptMapLayout.MapSize) = InterruptMapLayout.Size;
    }

    /// <returns>What is wrong with the header, or <see langword="null"/>.</returns>
    public string? DescribeHeaderFault()
    {
        var magic = *(ulong*)(address + InterruptMapLayout.Magic);
        var version = *(uint*)(address + InterruptMapLayout.Version);
        var size = *(uint*)(address + InterruptMapLayout.MapSize);
        if (magic != InterruptMapLayout.MagicValue)
        {
            return $"its magic is 0x{magic:X16}, not 0x{InterruptMapLayout.MagicValue:X16}";
        }

        if (version != InterruptMapLayout.VersionValue)
        {
            return $"its version is {version}, not {InterruptMapLayout.VersionValue}";
        }

        return size == InterruptMapLayout.Size ? null : $"it says a size of {size}, not {InterruptMapLayout.Size}";
    }
}
