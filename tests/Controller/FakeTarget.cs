using ProcInterrupt.Interrupts;

namespace ProcInterrupt.Tests.Controller;

/// <summary>A word in ordinary memory.</summary>
internal sealed class FakeTarget : IInterruptTarget
{
    private ulong bits;

    public int Rings { get; private set; }

    public InterruptWord Word
    {
        get => new(Volatile.Read(ref bits));
        set => Volatile.Write(ref bits, value.Bits);
    }

    public InterruptWord ReadWord() => Word;

    public InterruptWord CompareExchangeWord(InterruptWord value, InterruptWord comparand) =>
        new(Interlocked.CompareExchange(ref bits, value.Bits, comparand.Bits));

    public void RingDoorbell() => Rings++;

    /// <summary>What the worker does: exchanges all but the trip byte away.</summary>
    public InterruptWord Take()
    {
        while (true)
        {
            var word = Word;
            if (CompareExchangeWord(word.Cleared, word) == word)
            {
                return word.WithoutTrip;
            }
        }
    }

    /// <summary>What a stranger does: one byte, not atomic with the rest.</summary>
    public void WriteByte0(byte value)
    {
        while (true)
        {
            var word = Word;
            if (CompareExchangeWord(new InterruptWord((word.Bits & ~0xFFUL) | value), word) == word)
            {
                return;
            }
        }
    }
}
