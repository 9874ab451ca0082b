namespace ProcInterrupt.Interrupts;

/// <summary>The word that the worker polls, and its doorbell. Each member is atomic; the worker and strangers write too.</summary>
internal interface IInterruptTarget
{
    InterruptWord ReadWord();

    /// <returns>The word that stood there; equal to <paramref name="comparand"/> when <paramref name="value"/> was put in its place.</returns>
    InterruptWord CompareExchangeWord(InterruptWord value, InterruptWord comparand);

    /// <summary>To be called after each write that holds a request.</summary>
    void RingDoorbell();
}
