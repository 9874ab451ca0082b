using ProcInterrupt.Cli.Json;
using ProcInterrupt.Cli.Running;

namespace ProcInterrupt.Cli.Session;

/// <summary>Acts on a session's lines and reports what happens. <see cref="Handle"/> is called by one thread at a time.</summary>
/// <remarks>
/// Each run has a task that follows its events and is the only one to write them. Requests are answered in their place
/// among the events; only those that came too late are answered after <c>completed</c>.
/// </remarks>
internal sealed partial class SessionHost
{
    private readonly Lock gate = new();
    private readonly Worker worker;
    private readonly JsonLineWriter output;
    private readonly Dictionary<long, SessionRun> open = [];
    private readonly NumberSet ended = new();
    private readonly Queue<SessionRun> order = [];
    private readonly HashSet<Task> answers = [];
    private Task tail = Task.CompletedTask;
    private bool inputEnded;
    private RunOutcome? workersEnd;
    private (SessionRun Run, RunStopper Stopper)? pressed;

    public SessionHost(Worker worker, JsonLineWriter output)
    {
        this.worker = worker;
        this.output = output;
    }

    /// <summary>How a run's end took the worker with it; <see langword="null"/> as long as none did.</summary>
    public RunOutcome? WorkersEnd
    {
        get
        {
            lock (gate)
            {
                return workersEnd;
            }
        }
    }

    /// <summary>Acts on one line.</summary>
    /// <exception cref="LineException">It asks for something that is not possible; nothing has happened.</exception>
    public void Handle(SessionRequest request)
    {
        switch (request)
        {
            case RunLine line:
                Start(line);
                break;
            case InterruptLine line:
                Ask(line.Run, line.Signal, line.Id, (run, key) => run.InterruptAsync(line.Signal, key));
                break;
            case StopLine line:
                Ask(line.Run, Signal.Interrupt, line.Id, (run, key) => run.StopAsync(id: key));
                break;
            case DiagnoseLine line:
                Diagnose(line);
                break;
            case InputLine line:
                Answer(line);
                break;
            case ResetLine line:
                Reset(line.Engine);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request, "A request that nobody handles.");
        }
    }

    /// <summary>No line follows: whatever reads its input from now on has come to its end.</summary>
    public void EndInput()
    {
        SessionRun[] waiting;
        lock (gate)
        {
            inputEnded = true;
            waiting = [.. order];
        }

        foreach (var run in waiting)
        {
            while (run.TryAnswer(null))
            {
            }
        }
    }

    /// <summary>Waits until everything that was asked for has been reported.</summary>
    public async Task FinishAsync()
    {
        while (true)
        {
            Task[] waited;
            lock (gate)
            {
                waited = [.. answers, tail];
            }

            await Task.WhenAll(waited);
            lock (gate)
            {
                if (answers.Count == 0 && tail.IsCompleted)
                {
                    return;
                }
            }
        }
    }

    /// <summary>A press of Ctrl+C: does to the oldest run that has not ended what it does in <c>procinterrupt run</c>.</summary>
    /// <returns><see langword="false"/> when there is none.</returns>
    public bool Press()
    {
        RunStopper stopper;
        lock (gate)
        {
            if (!order.TryPeek(out var oldest))
            {
                return false;
            }

            if (pressed?.Run != oldest)
            {
                pressed = (oldest, new RunStopper(oldest.Run));
            }

            stopper = pressed.Value.Stopper;
        }

        stopper.Press();
        return true;
    }

    /// <summary>Reports what code does after its run is over, until the worker ends.</summary>
    public async Task FollowBackgroundAsync()
    {
        await foreach (var e in worker.BackgroundEvents)
        {
            Report(0, e);
        }
    }

    private void Start(RunLine line)
    {
        lock (gate)
        {
            if (open.ContainsKey(line.Run) || ended.Contains(line.Run))
            {
                throw new LineException($"Run {line.Run} was used before; each run has a number of its own.");
            }

            Run started;
            try
            {
                started = worker.Run(line.Engine, line.Code, new RunOptions { Deadline = line.Deadline, WaitForReader = true });
            }
            catch (ArgumentException refused)
            {
                throw new LineException($"Run {line.Run} cannot be run: {refused.Message}");
            }
            catch (ObjectDisposedException)
            {
                throw new LineException($"Run {line.Run} cannot be run: the session is ending.");
            }

            var run = new SessionRun(line.Run, started);
            open.Add(line.Run, run);
            order.Enqueue(run);
            var before = tail;
            run.Followed = Task.Run(() => FollowAsync(run, before));
            tail = Task.WhenAll(before, run.Followed);
        }
    }

    private async Task FollowAsync(SessionRun run, Task before)
    {
        await foreach (var e in run.Run.Events)
        {
            switch (e)
            {
                case RunStartedEvent:
                    // The tasks that follow the runs before may be a little behind what they report.
                    await before;
                    output.Write(json => EventJson.WriteStarted(json, run.Number));
                    break;
                case InputRequestEvent request:
                    // Known before it is told: the answer may come at once.
                    run.AddInput(request);
                    output.Write(json => EventJson.WriteInput(json, run.Number, request));
                    if (InputEnded())
                    {
                        run.TryAnswer(null);
                    }

                    break;
                case ReceiptEvent { Receipt: var receipt }:
                    WriteReceipt(run, receipt);
                    break;
                case RunCompletedEvent { Result: var result }:
                    if (result.Outcome == RunOutcome.WorkerLost)
                    {
                        // The run that the worker was killed for is told first.
                        await before;
                    }

                    Complete(run, result);
                    break;
                default:
                    Report(run.Number, e);
                    break;
            }
        }
    }

    private void Complete(SessionRun run, RunResult result)
    {
        lock (gate)
        {
            if (result.Outcome is RunOutcome.Terminated or RunOutcome.Killed or RunOutcome.WorkerLost)
            {
                // The first one was in the worker, the others were queued behind it.
                workersEnd ??= result.Outcome;
            }

            open.Remove(run.Number);
            ended.Add(run.Number);
            while (order.TryPeek(out var oldest) && !open.ContainsKey(oldest.Number))
            {
                order.Dequeue();
            }
        }

        output.Write(json => EventJson.WriteCompleted(json, run.Number, result));
    }

    private void Report(long run, RunEvent e)
    {
        switch (e)
        {
            case OutputEvent printed:
                output.Write(json => EventJson.WriteOutput(json, run, printed));
                break;
            case DisplayEvent display:
                output.Write(json => EventJson.WriteDisplay(json, run, display));
                break;
            case ProgressEvent progress:
                output.Write(json => EventJson.WriteProgress(json, run, progress));
                break;
            case OutputDroppedEvent dropped:
                output.Write(json => EventJson.WriteError(json, $"{dropped.Bytes} bytes of output of run {run} were dropped, because too much of it was unread."));
                break;
        }
    }

    private bool InputEnded()
    {
        lock (gate)
        {
            return inputEnded;
        }
    }
}
