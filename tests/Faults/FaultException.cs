namespace ProcInterrupt.Tests.Faults;

/// <summary>After a fault something is not as it was promised.</summary>
internal sealed class FaultException : Exception
{
    public FaultException(string kind, int moment, int seed, string problem)
        : base($"{kind}, moment {moment}, seed {seed}: {problem}")
    {
    }
}
