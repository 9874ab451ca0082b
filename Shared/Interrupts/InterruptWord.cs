namespace ProcInterrupt.Interrupts;

/// <summary>The 64 shared bits that running code polls; see PROTOCOL.md for the layout.</summary>
/// <param name="Bits">The word as it stands in the map, little-endian.</param>
/// <remarks>Immutable: writers build a new value and put it in place by compare-exchange.</remarks>
internal readonly record struct InterruptWord(ulong Bits)
{
    /// <summary>Byte 2: set by the worker so that the threads of a raising run come to the slow path.</summary>
    public const ulong TripBits = 0xFF0000;

    private const ulong TripOn = 0x010000;

    /// <summary>A request, without the trip byte.</summary>
    /// <param name="run">The run it is for; 0 means whichever is current.</param>
    /// <param name="signal">Byte 0.</param>
    /// <param name="reason">Byte 1.</param>
    /// <param name="rung">Byte 3; only <see cref="InterruptRung.Signal"/> and <see cref="InterruptRung.Insist"/> fit.</param>
    public InterruptWord(uint run, Signal signal, InterruptReason reason, InterruptRung rung)
        : this((byte)signal | ((ulong)reason << 8) | ((ulong)rung << 24) | ((ulong)run << 32))
    {
    }

    public Signal Signal => (Signal)(byte)Bits;

    public InterruptReason Reason => (InterruptReason)(byte)(Bits >> 8);

    public bool Tripped => (Bits & TripBits) != 0;

    public InterruptRung Rung => (byte)(Bits >> 24) == (byte)InterruptRung.Insist ? InterruptRung.Insist : InterruptRung.Signal;

    public uint Run => (uint)(Bits >> 32);

    /// <summary>Whether anything but the trip byte is set.</summary>
    public bool HasRequest => (Bits & ~TripBits) != 0;

    /// <summary>The word with everything but the trip byte cleared: what taking leaves behind.</summary>
    public InterruptWord Cleared => new(Bits & TripBits);

    public InterruptWord WithoutTrip => new(Bits & ~TripBits);

    public InterruptWord WithTrip => new((Bits & ~TripBits) | TripOn);

    public bool IsFor(uint run) => Run == 0 || Run == run;

    /// <summary>For people. The record's own would print words made of this word, without end.</summary>
    public override string ToString() => $"run {Run}, signal {(byte)Signal}, {Reason}, {Rung}{(Tripped ? ", tripped" : "")}";
}
