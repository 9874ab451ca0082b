using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using ProcInterrupt.Diagnostics;
using ProcInterrupt.Launch;
using ProcInterrupt.Runs;

namespace ProcInterrupt.Connection;

/// <summary>Keeps a worker's process, and puts another one in its place when the policy says so.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer or a wait handle holds nothing to dispose, and may be cancelled late.")]
internal sealed class WorkerKeeper
{
    private readonly Lock gate = new();
    private readonly WorkerOptions options;
    private readonly Dispatcher dispatcher;
    private readonly ILogger logger;
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource<WorkerExit> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkerLink link = null!;
    private bool wasReady;
    private bool givenUp;
    private bool starting;
    private bool replacing;
    private int failures;
    private int generation = 1;

    public WorkerKeeper(WorkerOptions options, Dispatcher dispatcher, ILogger logger)
    {
        this.options = options;
        this.dispatcher = dispatcher;
        this.logger = logger;
    }

    /// <summary>The present process, or the last one.</summary>
    public WorkerLink Link
    {
        get
        {
            lock (gate)
            {
                return link;
            }
        }
    }

    /// <summary>Counts the processes that were ready, from 1.</summary>
    public int Generation
    {
        get
        {
            lock (gate)
            {
                return generation;
            }
        }
    }

    /// <summary>Whether runs are taken: by a process, or for its replacement.</summary>
    public bool IsAlive
    {
        get
        {
            lock (gate)
            {
                return replacing ? !givenUp : link.IsAlive;
            }
        }
    }

    /// <summary>Completes when the process is gone for good, and everything is settled. Never faults.</summary>
    public Task<WorkerExit> Exited => exited.Task;

    /// <summary>Starts the first process, and keeps it once it is ready. Called once.</summary>
    /// <param name="cancellationToken">Gives up, also when the time is over.</param>
    /// <exception cref="WorkerStartException">It did not start. Nothing is left.</exception>
    /// <exception cref="OperationCanceledException">With the token. Nothing is left.</exception>
    /// <exception cref="WorkerLostException">It ended before it was ready. Nothing is left.</exception>
    /// <exception cref="InvalidOperationException">It could not map the interrupt buffer. Nothing is left.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            wasReady = true;
            starting = false;
        }

        dispatcher.Resume();
        _ = KeepAsync();
    }

    /// <summary>No replacement is made any more; the process ends politely, when its run has unwound.</summary>
    public void ShutDown()
    {
        if (!GiveUpReplacing())
        {
            Link.ShutDown();
        }
    }

    /// <summary>No replacement is made any more; the process ends.</summary>
    public void Close()
    {
        GiveUpReplacing();
        Link.Close();
    }

    /// <returns>Whether a replacement was being made.</returns>
    private bool GiveUpReplacing()
    {
        bool was;
        lock (gate)
        {
            was = replacing;
            if (givenUp)
            {
                return was;
            }

            givenUp = true;
        }

        closing.Cancel();
        return was;
    }

    private async Task KeepAsync()
    {
        while (true)
        {
            var exit = await Link.Exited.ConfigureAwait(false);
            bool isToBeReplaced;
            lock (gate)
            {
                isToBeReplaced = replacing;
            }

            if (!isToBeReplaced)
            {
                exited.TrySetResult(exit);
                return;
            }

            if (await TryReplaceAsync(exit).ConfigureAwait(false) is { } fault)
            {
                lock (gate)
                {
                    replacing = false;
                }

                var last = exit with { Message = $"{exit.Message} {fault}" };
                dispatcher.Close(closing.IsCancellationRequested ? WorkerEnding.Terminated : WorkerEnding.Lost, last);
                exited.TrySetResult(last);
                return;
            }
        }
    }

    /// <summary>The process has ended: everything that waited for it is settled, finally or until there is another one.</summary>
    private void OnEnded(WorkerEnding ending, WorkerExit exit)
    {
        bool isToBeReplaced;
        lock (gate)
        {
            replacing = wasReady && options.Restart is { } policy
                && (starting || (!givenUp && (policy.WhenLost || ending != WorkerEnding.Lost || exit.BudgetReason is not null)));
            if (!starting)
            {
                failures = ending == WorkerEnding.Lost && !dispatcher.HasCompletedRun ? failures + 1 : 0;
            }

            // One that was just about to be announced is not any more.
            starting = false;
            isToBeReplaced = replacing;
        }

        if (isToBeReplaced)
        {
            dispatcher.Part(ending, exit);
        }
        else
        {
            dispatcher.Close(ending, exit);
        }
    }

    /// <returns>Why there is none; null when there is.</returns>
    private async Task<string?> TryReplaceAsync(WorkerExit previous)
    {
        var policy = options.Restart!;
        var fault = "Each was lost before it had completed a run.";
        for (; failures < policy.Attempts; failures++)
        {
            try
            {
                await Task.Delay(policy.DelayAfter(failures), closing.Token).ConfigureAwait(false);
                using var start = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
                start.CancelAfter(options.StartTimeout);
                await ConnectAsync(start.Token).ConfigureAwait(false);
                var (startUp, failed) = await StartUpAsync(policy.StartUp).ConfigureAwait(false);
                if (failed is null && TryAnnounce(previous, startUp))
                {
                    return null;
                }

                fault = failed ?? (await Link.Exited.ConfigureAwait(false)).Message;
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                return "It was being replaced when it was shut down.";
            }
            catch (OperationCanceledException)
            {
                fault = $"It was not ready within {options.StartTimeout.TotalSeconds} s.";
            }
            catch (Exception exception) when (exception is WorkerStartException or WorkerLostException or InvalidOperationException or IOException)
            {
                fault = exception.Message;
            }

            logger.ReplacementFailed(failures + 1, policy.Attempts, fault);
        }

        var attempts = failures == 1 ? "one attempt failed" : $"{failures} attempts in a row failed";
        return $"It was not replaced: {attempts}. The last one: {fault}";
    }

    /// <returns>False when the process has ended since it was ready.</returns>
    private bool TryAnnounce(WorkerExit previous, RunResult? startUp)
    {
        WorkerReplacedEvent replaced;
        bool wasGivenUp;
        lock (gate)
        {
            if (!starting)
            {
                return false;
            }

            // From here on it is the new process that is told to end, and who gave up before that left it to us.
            wasGivenUp = givenUp;
            starting = replacing = false;
            replaced = new WorkerReplacedEvent(++generation, link.ProcessId, previous, startUp);
        }

        logger.WorkerReplaced(replaced.ProcessId, replaced.Generation, previous.Message);
        dispatcher.Background.AddDroppable(replaced, bytes: 0, extra: 0);
        dispatcher.Resume();
        if (wasGivenUp)
        {
            Link.Close();
        }

        return true;
    }

    /// <summary>Starts a process, connects it and gives it its interrupt buffer; if that fails, ends it.</summary>
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();

        // The worker's hold on it is enough to keep it. (A map that the worker made itself is not used.)
        using var buffer = InterruptBuffer.Create();
        var launched = await WorkerLauncher.LaunchAsync(options, cancellationToken).ConfigureAwait(false);
        var next = new WorkerLink(launched, options, dispatcher, OnEnded, logger);
        lock (gate)
        {
            starting = true;
            link = next;
        }

        var polls = dispatcher.Attach(next.Outbox, next.Kill, buffer);
        next.Start(dispatcher);
        try
        {
            await polls.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            next.Close();
            await next.Exited.ConfigureAwait(false);
            throw;
        }

        logger.WorkerReady(next.ProcessId, Stopwatch.GetElapsedTime(begun).TotalMilliseconds, next.Hello.Runtime, dispatcher.MapPath ?? "");
    }

    /// <returns>The result, and what was wrong; nothing was if that is null.</returns>
    private async Task<(RunResult? Result, string? Failed)> StartUpAsync(StartUpRun? code)
    {
        if (code is null)
        {
            return (null, null);
        }

        var completion = dispatcher.StartUp(code).Completion;
        try
        {
            var result = await completion.WaitAsync(code.Timeout, closing.Token).ConfigureAwait(false);
            if (result.Outcome == RunOutcome.Succeeded)
            {
                return (result, null);
            }

            await EndAsync().ConfigureAwait(false);
            return (result, Describe(result));
        }
        catch (TimeoutException)
        {
            await EndAsync().ConfigureAwait(false);
            return (null, $"Its start-up run took longer than {code.Timeout.TotalSeconds} s.");
        }
        catch (OperationCanceledException)
        {
            await EndAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Describe(RunResult result)
    {
        var reason = result.Reason is { } why ? $" ({why})" : "";
        var error = result.Error is { } said ? $": {said.Type} {said.Message.TrimEnd('.')}" : "";
        return $"Its start-up run ended as {result.Outcome}{reason}{error}.";
    }

    private async Task EndAsync()
    {
        var failed = Link;
        failed.Close();
        await failed.Exited.ConfigureAwait(false);
    }
}
