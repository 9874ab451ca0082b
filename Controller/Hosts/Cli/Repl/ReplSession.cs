using ProcInterrupt.Cli.Running;

namespace ProcInterrupt.Cli.Repl;

/// <summary>The worker of a REPL, in whose place a new one comes when it is lost. One caller at a time, but for <see cref="EndAsync"/>.</summary>
internal sealed class ReplSession : IAsyncDisposable
{
    private readonly WorkerOptions options;
    private readonly Action<RunEvent> showBackground;
    private Worker worker;
    private Task background;

    private ReplSession(Worker worker, string engine, WorkerOptions options, Action<RunEvent> showBackground)
    {
        this.worker = worker;
        this.options = options;
        this.showBackground = showBackground;
        Engine = engine;
        background = FollowBackgroundAsync(worker);
    }

    /// <summary>The engine that entries are for.</summary>
    public string Engine { get; private set; }

    public IReadOnlyList<EngineInfo> Engines => worker.Engines;

    /// <summary>Starts a worker.</summary>
    /// <param name="engine">The engine to begin with.</param>
    /// <param name="options">How the worker is started, and each that comes in its place.</param>
    /// <param name="showBackground">Shows what code does when its run is over. Called by any thread.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <exception cref="UsageException">There is no such engine.</exception>
    /// <exception cref="WorkerStartException">No worker could be started.</exception>
    public static async Task<ReplSession> StartAsync(string engine, WorkerOptions options, Action<RunEvent> showBackground, CancellationToken cancellationToken)
    {
        var worker = await Worker.StartAsync(options, cancellationToken);
        if (Problem(engine, worker.Engines) is { } problem)
        {
            await worker.DisposeAsync();
            throw new UsageException(problem);
        }

        return new ReplSession(worker, engine, options, showBackground);
    }

    /// <summary>Goes on with another engine.</summary>
    /// <returns>Why not, or <see langword="null"/>.</returns>
    public string? Use(string engine)
    {
        var problem = Problem(engine, worker.Engines);
        Engine = problem is null ? engine : Engine;
        return problem;
    }

    /// <summary>Starts another worker if this one is gone.</summary>
    /// <returns>Whether it was, and the session with it.</returns>
    /// <exception cref="WorkerStartException">No worker could be started.</exception>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        if (worker.IsAlive)
        {
            return false;
        }

        await worker.DisposeAsync();
        await background;
        Volatile.Write(ref worker, await Worker.StartAsync(options, cancellationToken));
        background = FollowBackgroundAsync(worker);
        return true;
    }

    public Run Run(string code, int firstLine) => worker.Run(Engine, code, new RunOptions { FirstLine = firstLine, WaitForReader = true });

    /// <exception cref="WorkerLostException">The worker is gone.</exception>
    public Task ResetAsync(CancellationToken cancellationToken) => worker.ResetAsync(Engine, cancellationToken);

    /// <summary>Whether code can be run as it is; unknown when the worker cannot be asked: running it tells why.</summary>
    public async Task<CodeCompleteness> IsCompleteAsync(string code, CancellationToken cancellationToken)
    {
        try
        {
            return await worker.IsCompleteAsync(Engine, code, cancellationToken);
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            return new CodeCompleteness(CodeStatus.Unknown);
        }
    }

    /// <summary>What can stand at a place in code; nothing when the worker cannot be asked.</summary>
    public async Task<Completions> CompleteAsync(string code, int position, CancellationToken cancellationToken)
    {
        try
        {
            return await worker.CompleteAsync(Engine, code, position, cancellationToken);
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            return new Completions(position, position, []);
        }
    }

    /// <summary>Ends the worker politely; a run is interrupted and unwinds.</summary>
    public Task EndAsync() => Volatile.Read(ref worker).EndAsync();

    public async ValueTask DisposeAsync()
    {
        await worker.DisposeAsync();
        await background;
    }

    private static bool IsRefusal(Exception exception) => exception is InvalidOperationException or WorkerLostException;

    private static string? Problem(string name, IReadOnlyList<EngineInfo> engines) => engines.FirstOrDefault(engine => engine.Name == name) switch
    {
        null => $"There is no engine '{name}'; the known ones: {string.Join(", ", engines.Select(engine => engine.Name))}.",
        { Unavailable: { } why } => $"The engine '{name}' is not available: {why}",
        _ => null,
    };

    private async Task FollowBackgroundAsync(Worker followed)
    {
        try
        {
            await foreach (var e in followed.BackgroundEvents)
            {
                showBackground(e);
            }
        }
        catch (IOException)
        {
            // Standard output cannot be written; whoever writes to it next in the foreground is told so.
        }
    }
}
