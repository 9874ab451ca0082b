using Microsoft.Extensions.Logging;
using ProcInterrupt.Budgets;
using ProcInterrupt.Diagnostics;
using ProcInterrupt.Launch;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using ProcInterrupt.Transport;

namespace ProcInterrupt.Connection;

/// <summary>Watches a worker's process and pipe, and sees to it that both end together, once, with everything settled and nothing left.</summary>
internal sealed class WorkerSupervisor
{
    /// <summary>How much of the worker's standard error goes into a message for people.</summary>
    private const int MaxErrorChars = 4000;

    /// <summary>A worker whose pipe broke in the middle of a frame was probably killed: the exit tells more than the frame.</summary>
    private static readonly TimeSpan BrokenPipeGrace = TimeSpan.FromMilliseconds(100);

    /// <summary>What an ended worker had sent is in this side's hands; only a stranger with a copy of its socket could hold the end up.</summary>
    private static readonly TimeSpan LastFramesGrace = TimeSpan.FromSeconds(1);

    private readonly ChildProcess child;
    private readonly WorkerPipe pipe;
    private readonly WorkerConnection connection;
    private readonly Dispatcher dispatcher;
    private readonly TimeSpan exitGrace;
    private readonly ILogger logger;
    private readonly Task killRequested;
    private readonly TaskCompletionSource closeRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WorkerExit> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool endExpected;

    /// <summary>What the worker was given.</summary>
    public BudgetLimits Budgets { get; init; } = BudgetLimits.None;

    /// <param name="worker">Its process and pipe, owned from here on.</param>
    /// <param name="connection">The threads on the pipe.</param>
    /// <param name="dispatcher">Knows why the worker is to end.</param>
    /// <param name="killRequested">Completes when the worker is to be killed.</param>
    /// <param name="exitGrace">Between the end of the pipe and a kill.</param>
    /// <param name="logger">For the worker's end.</param>
    public WorkerSupervisor(LaunchedWorker worker, WorkerConnection connection, Dispatcher dispatcher, Task killRequested, TimeSpan exitGrace, ILogger logger)
    {
        child = worker.Child;
        pipe = worker.Pipe;
        this.connection = connection;
        this.dispatcher = dispatcher;
        this.killRequested = killRequested;
        this.exitGrace = exitGrace;
        this.logger = logger;
    }

    /// <summary>Called once, when the worker is gone and nothing more comes from it; has to settle what waits for it.</summary>
    public required Action<WorkerEnding, WorkerExit> Ended { private get; init; }

    /// <summary>Completes when the worker is gone, everything is settled and nothing is left. Never faults.</summary>
    public Task<WorkerExit> Exited => exited.Task;

    /// <summary>Whether the worker is there and is to stay.</summary>
    public bool IsAlive => !endExpected && !closeRequested.Task.IsCompleted && !killRequested.IsCompleted
        && !child.Exited.IsCompleted && !connection.Ended.IsCompleted;

    /// <summary>The worker was told to end: that it does is no loss.</summary>
    public void ExpectEnd() => endExpected = true;

    /// <summary>Ends the worker: first by the end of its pipe, then by a kill.</summary>
    public void Close() => closeRequested.TrySetResult();

    /// <summary>Watches until the end. Called once; <see cref="Exited"/> tells when it is done, whatever happens.</summary>
    public async Task RunAsync()
    {
        try
        {
            await WatchAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nobody may be left waiting for a worker that cannot be watched.
            var exit = new WorkerExit(null, null, $"The worker process {child.Id} could not be watched to its end: {exception.Message}");
            logger.WorkerLost(child.Id, exit.Message);
            Ended(WorkerEnding.Lost, exit);
            exited.TrySetResult(exit);
        }
    }

    private async Task WatchAsync()
    {
        await Task.WhenAny(child.Exited, connection.Ended, killRequested, closeRequested.Task).ConfigureAwait(false);
        var wasAsked = closeRequested.Task.IsCompleted;
        var fault = connection.Ended.IsCompletedSuccessfully ? await connection.Ended.ConfigureAwait(false) : null;
        var killed = await BringToEndAsync(fault).ConfigureAwait(false);
        if (!dispatcher.IsKilling)
        {
            // What it said before it ended still counts.
            await Task.WhenAny(connection.Ended, Task.Delay(LastFramesGrace)).ConfigureAwait(false);
        }

        connection.Close();
        await connection.Stopped.ConfigureAwait(false);
        child.KillRest();
        await child.DrainAsync().ConfigureAwait(false);
        Settle(fault, killed, wasAsked);
    }

    /// <returns>Whether this side killed it.</returns>
    private async Task<bool> BringToEndAsync(Exception? fault)
    {
        if (fault is not null)
        {
            await Task.WhenAny(child.Exited, killRequested, Task.Delay(BrokenPipeGrace)).ConfigureAwait(false);
        }
        else if (!killRequested.IsCompleted && !child.Exited.IsCompleted)
        {
            connection.Close();
            await Task.WhenAny(child.Exited, killRequested, Task.Delay(exitGrace)).ConfigureAwait(false);
        }

        var killed = !child.Exited.IsCompleted;
        if (killed)
        {
            child.Kill();
        }

        await child.Exited.ConfigureAwait(false);
        return killed;
    }

    private void Settle(Exception? fault, bool killed, bool wasAsked)
    {
        // A worker that is told to end returns 0, one whose pipe ends kills its group and so itself; all else is a loss.
        var asExpected = wasAsked || (endExpected && child.RawExitCode == 0);
        var gaveWay = dispatcher.IsTerminating && child.RawExitCode == ProtocolConstants.TerminatedExitCode;
        var ending = gaveWay ? WorkerEnding.Terminated
            : killed && (wasAsked || dispatcher.IsKilling) ? WorkerEnding.Killed
            : asExpected ? WorkerEnding.Terminated
            : WorkerEnding.Lost;
        var message = Describe(ending, fault, killed);
        var signal = child.KilledBySignal;
        var budget = ending == WorkerEnding.Lost ? Budgets.ReasonOf(signal is null ? child.RawExitCode : null, signal) : null;
        if (budget is { } reason)
        {
            message = $"The worker process {child.Id} {child.DescribeExit()}: a run went beyond the budget for {reason}, and neither interrupts nor forgetting brought the worker back within it.";
        }

        var exit = new WorkerExit(signal is null ? child.RawExitCode : null, signal, message) { BudgetReason = budget };
        switch (ending)
        {
            case WorkerEnding.Terminated:
                logger.WorkerEnded(child.Id, message);
                break;
            case WorkerEnding.Killed:
                logger.WorkerKilled(child.Id, message);
                break;
            default:
                logger.WorkerLost(child.Id, message);
                break;
        }

        Ended(ending, exit);
        pipe.Dispose();
        child.Dispose();
        exited.TrySetResult(exit);
    }

    private string Describe(WorkerEnding ending, Exception? fault, bool killed)
    {
        var who = $"The worker process {child.Id}";
        var what = (ending, fault, killed) switch
        {
            (WorkerEnding.Killed, _, _) when dispatcher.IsKilling => $"{who} was killed, because its run did not stop in time.",
            (WorkerEnding.Killed, _, _) => $"{who} was killed, because it did not end within {exitGrace.TotalSeconds} s of the end of its pipe.",
            (WorkerEnding.Terminated, _, _) when dispatcher.IsTerminating => $"{who} was told to end, because its run did not stop in time, and did.",
            (WorkerEnding.Terminated, _, _) => $"{who} ended when it was told to.",
            (_, ProtocolException, true) => $"{who} broke the protocol and was killed: {fault.Message}",
            (_, not null, true) => $"The connection to the worker process {child.Id} failed, and it was killed: {fault.Message}",
            (_, null, true) => $"{who} closed its pipe without ending, and was killed.",
            (_, ProtocolException, _) => $"{who} {child.DescribeExit()}. Its last frame was wrong: {fault.Message}",
            _ => $"{who} {child.DescribeExit()}.",
        };
        var errors = child.ErrorTail;
        if (ending != WorkerEnding.Lost || errors.Length == 0)
        {
            return what;
        }

        return $"{what} Its standard error ended: {(errors.Length > MaxErrorChars ? errors[^MaxErrorChars..] : errors)}";
    }
}
