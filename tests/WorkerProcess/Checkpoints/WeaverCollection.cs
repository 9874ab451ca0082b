using Xunit;
namespace ProcInterrupt.Tests.WorkerProcess.Checkpoints;

/// <summary>Tests that share the one word of <see cref="TestHooks"/> take turns.</summary>
[CollectionDefinition(Name)]
public sealed class WeaverCollection
{
    public const string Name = "weaver";
}
