using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Real workers, one test at a time: the machine may have two cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EndToEndCollection
{
    public const string Name = "end to end";
}
