using Microsoft.Extensions.Logging;

namespace ProcInterrupt.Tests.Controller;

/// <summary>Options for a worker that misbehaves; see tests/FakeWorker.</summary>
internal static class FakeWorkerOptions
{
    /// <summary>For a worker that ends by itself: however long its end takes, nobody else ends it.</summary>
    public static readonly TimeSpan Patient = TimeSpan.FromSeconds(60);

    public static WorkerOptions For(
        string mode,
        TimeSpan? startTimeout = null,
        TimeSpan? exitGrace = null,
        int seed = 1,
        RestartPolicy? restart = null,
        ILoggerFactory? loggerFactory = null)
    {
        var environment = new Dictionary<string, string?> { ["FAKE_WORKER"] = mode, ["FAKE_WORKER_SEED"] = $"{seed}" };
        return new WorkerOptions
        {
            WorkerPath = Path.Combine(AppContext.BaseDirectory, "ProcInterrupt.FakeWorker.dll"),
            StartTimeout = startTimeout ?? TimeSpan.FromSeconds(60),
            ExitGrace = exitGrace ?? TimeSpan.FromMilliseconds(50),
            Environment = environment,
            Restart = restart,
            LoggerFactory = loggerFactory,
        };
    }
}
