using Xunit;

namespace ProcInterrupt.Tests.Packages;

/// <summary>What is packed once for all its tests. Nothing here bounds time: builds, which often wait, run beside other tests.</summary>
[CollectionDefinition(Name)]
public sealed class PackagesCollection : ICollectionFixture<PackageFeed>
{
    public const string Name = "packages";
}
