namespace ProcInterrupt.Interrupts;

/// <summary>The shield of code that nothing interrupts.</summary>
internal sealed class NoShield : IDisposable
{
    public static NoShield Instance { get; } = new();

    private NoShield()
    {
    }

    public void Dispose()
    {
        // There is nothing to end.
    }
}
