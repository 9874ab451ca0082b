using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>One real worker for the tests of a class.</summary>
public sealed class WorkerFixture : IAsyncLifetime
{
    public Worker Worker { get; private set; } = null!;

    public async Task InitializeAsync() => Worker = await Worker.StartAsync();

    public async Task DisposeAsync() => await Worker.DisposeAsync();
}
