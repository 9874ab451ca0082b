using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Tests with real workers that run alone: they bound time, or look at all processes or at memory.</summary>
/// <remarks>What only interrupts its own worker, and waits as long as it takes, is in no collection and runs beside others: a test by itself leaves half of two cores idle.</remarks>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EndToEndCollection
{
    public const string Name = "end to end";
}
