using Xunit;

namespace ProcInterrupt.Tests.Packages;

/// <summary>Builds and real workers, one test at a time: the machine may have two cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PackagesCollection : ICollectionFixture<PackageFeed>
{
    public const string Name = "packages";
}
