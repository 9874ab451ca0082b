using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>What happens to a replacement at the very moment at which it is ready and not yet announced.</summary>
/// <remarks>The keeper logs there, and goes on when the logger returns.</remarks>
[Collection(WorkerProcessesCollection.Name)]
public sealed class RestartMomentTests(WorkerProcesses processes)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_replacement_that_ends_just_when_it_is_ready_is_replaced_in_its_turn_and_the_queue_goes_on()
    {
        using var buffer = InterruptBuffer.Create();
        Worker? worker = null;
        var ended = 0;
        using var moment = new ReadyMoment(second: () =>
        {
            using (var process = Process.GetProcessById(worker!.ProcessId))
            {
                process.Kill();
                process.WaitForExit(Bound);
            }

            // Nobody answers any more: this is over when the end of the process has been dealt with.
            ended = Task.WaitAny([worker.SetInterruptBufferAsync(buffer)], Bound);
        });
        await using (worker = await StartAsync(moment))
        {
            var stopped = worker.Run("fake", "stuck").StopAsync(StopPolicy.AtOnce);
            var queued = worker.Run("fake", "echo");
            await stopped.WaitAsync(Bound);
            Assert.Equal(RunOutcome.Succeeded, (await queued.Completion.WaitAsync(Bound)).Outcome);
            Assert.Equal(0, ended);
            Assert.Equal((2, true, 3), (worker.Generation, worker.IsAlive, moment.Count));
            Assert.False(worker.Exited.IsCompleted);
        }

        buffer.Dispose();
        await processes.AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_shutdown_just_when_a_replacement_is_ready_ends_it()
    {
        Worker? worker = null;
        var shutdown = Task.CompletedTask;
        using var moment = new ReadyMoment(second: () => shutdown = worker!.ShutdownAsync());
        worker = await StartAsync(moment);
        var stopped = worker.Run("fake", "stuck").StopAsync(StopPolicy.AtOnce);
        await stopped.WaitAsync(Bound);
        await worker.Exited.WaitAsync(Bound);
        await shutdown.WaitAsync(Bound);
        Assert.Equal(2, moment.Count);
        await processes.AssertNothingIsLeft();
    }

    private static Task<Worker> StartAsync(ILoggerFactory loggerFactory) =>
        Worker.StartAsync(FakeWorkerOptions.For("as-told", restart: new RestartPolicy { RetryDelay = TimeSpan.Zero }, loggerFactory: loggerFactory));

    /// <summary>Acts when the second process of a worker is ready.</summary>
    private sealed class ReadyMoment(Action second) : ILoggerFactory, ILogger
    {
        private const int WorkerReady = 1;

        public int Count { get; private set; }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == WorkerReady && ++Count == 2)
            {
                second();
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new InvalidOperationException("There is one logger.");

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Information;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
