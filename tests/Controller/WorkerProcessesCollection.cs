using Xunit;

namespace ProcInterrupt.Tests.Controller;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WorkerProcessesCollection : ICollectionFixture<WorkerProcesses>
{
    public const string Name = "Worker processes";
}
