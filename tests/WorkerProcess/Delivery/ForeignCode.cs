using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.Tests.WorkerProcess.Delivery;

/// <summary>Stands for another language's runtime, which handles one signal, and may raise at another.</summary>
internal sealed class ForeignCode : IForeignCode
{
    public required Signal Handles { get; init; }

    public Signal Raises { get; init; }

    /// <summary>How often it was told to come and take.</summary>
    public int Attended { get; private set; }

    public bool HasWork => false;

    public bool IsInDotNet => false;

    public bool TakesHere => false;

    public int Looks => 0;

    public bool HasInsisted => false;

    public WordAction Decide(Signal signal) => signal == Handles ? WordAction.Handle : signal == Raises ? WordAction.Raise : WordAction.Ignore;

    public void Attend() => Attended++;

    public void Check()
    {
        // Takes in its own time.
    }

    public (string? Stack, string? Call) DescribeCalls() => (null, null);
}
