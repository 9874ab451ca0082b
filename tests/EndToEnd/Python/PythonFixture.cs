using System.Collections.Concurrent;
using ProcInterrupt.WorkerProcess.Engines.Python.Locating;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>One real worker for each CPython that a class's tests use. A test may ask for several at once, each of them once.</summary>
public sealed class PythonFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Worker> workers = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task<Worker> WorkerAsync(string library)
    {
        if (!workers.TryGetValue(library, out var worker) || !worker.IsAlive)
        {
            worker = workers[library] = await StartAsync(library);
        }

        return worker;
    }

    /// <param name="library">The CPython.</param>
    /// <param name="exitGrace">The default where it is not given.</param>
    public static Task<Worker> StartAsync(string library, TimeSpan? exitGrace = null) => Worker.StartAsync(new WorkerOptions
    {
        Environment = new Dictionary<string, string?> { [LocatingEnvironment.LibraryVariable] = library },
        ExitGrace = exitGrace ?? new WorkerOptions().ExitGrace,
    });

    public async Task DisposeAsync()
    {
        foreach (var worker in workers.Values)
        {
            await worker.DisposeAsync();
        }
    }
}
