using Microsoft.Extensions.Logging;
using ProcInterrupt.Budgets;
using ProcInterrupt.Launch;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;

namespace ProcInterrupt.Connection;

/// <summary>One worker process, connected to the dispatcher.</summary>
internal sealed class WorkerLink
{
    private readonly WorkerConnection connection;
    private readonly WorkerSupervisor supervisor;
    private readonly TaskCompletionSource killRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="launched">Owned from here on.</param>
    /// <param name="options">The worker's.</param>
    /// <param name="dispatcher">What it is to be connected to.</param>
    /// <param name="ended">Called once, when the process is gone and nothing more comes from it; settles what waits for it.</param>
    /// <param name="logger">For its end.</param>
    public WorkerLink(LaunchedWorker launched, WorkerOptions options, Dispatcher dispatcher, Action<WorkerEnding, WorkerExit> ended, ILogger logger)
    {
        ProcessId = launched.Child.Id;
        Hello = launched.Hello;
        connection = new WorkerConnection(launched.Pipe);
        supervisor = new WorkerSupervisor(launched, connection, dispatcher, killRequested.Task, options.ExitGrace, logger)
        {
            Ended = ended,
            Budgets = options.Budgets?.Limits ?? BudgetLimits.None,
        };
    }

    public int ProcessId { get; }

    /// <summary>What it said.</summary>
    public HelloMessage Hello { get; }

    /// <summary>Towards the worker.</summary>
    public IOutbox Outbox => connection;

    public bool IsAlive => supervisor.IsAlive;

    /// <summary>Completes when the process is gone and everything that waited for it is settled. Never faults.</summary>
    public Task<WorkerExit> Exited => supervisor.Exited;

    /// <summary>Begins to read and to watch; the dispatcher is attached before. Called once.</summary>
    public void Start(Dispatcher dispatcher)
    {
        connection.Start(dispatcher.Receive, dispatcher.OnRefused, ProcessId);
        _ = supervisor.RunAsync();
    }

    /// <summary>Kills the worker, without waiting.</summary>
    public void Kill() => killRequested.TrySetResult();

    /// <summary>Ends the worker by the end of its pipe, then by a kill, without waiting.</summary>
    public void Close() => supervisor.Close();

    /// <summary>Tells the worker to end politely.</summary>
    public void ShutDown()
    {
        supervisor.ExpectEnd();
        connection.Post(new ShutdownMessage());
    }
}
