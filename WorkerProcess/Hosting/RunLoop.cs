using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Budgets;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Hosting;

/// <summary>The run thread: executes one run after another, and whatever else must not overlap a run.</summary>
/// <remarks>One thread for the worker's life: the recursion guard's constants are its stack's.</remarks>
internal sealed class RunLoop
{
    /// <summary>
    /// 16 MB: twice what guarded code may use, since the runtime stacks a dispatcher for each frame that catches, wraps and
    /// throws again. Not more, since the compiler's own recursion is bounded by it too.
    /// </summary>
    private const int StackBytes = 16 * 1024 * 1024;

    /// <summary>Whoever starts a worker for a run sends it at once; that run is not to wait for the warm-up of another engine.</summary>
    private static readonly TimeSpan QuietBeforeWarmUp = TimeSpan.FromMilliseconds(30);

    private readonly DeliveryDesk desk;
    private readonly MessageSender sender;
    private readonly OutputBuffer output;
    private readonly DescriptorCapture captured;
    private readonly Func<IReadOnlyList<IEngine>> createEngines;
    private readonly object gate = new();
    private readonly Queue<IMessage> work = new();
    private readonly TaskCompletionSource<IReadOnlyList<IEngine>> engines = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="desk">Delivery.</param>
    /// <param name="sender">Sending.</param>
    /// <param name="output">What runs write.</param>
    /// <param name="captured">What their native code and children write.</param>
    /// <param name="createEngines">Called on the run thread.</param>
    public RunLoop(DeliveryDesk desk, MessageSender sender, OutputBuffer output, DescriptorCapture captured, Func<IReadOnlyList<IEngine>> createEngines)
    {
        this.desk = desk;
        this.sender = sender;
        this.output = output;
        this.captured = captured;
        this.createEngines = createEngines;
    }

    /// <summary>Set before the start.</summary>
    public BudgetGuard? Budgets { get; set; }

    /// <summary>The engines, once the run thread has made them.</summary>
    public Task<IReadOnlyList<IEngine>> Engines => engines.Task;

    public void Start() => WorkerThread.Start("run", Loop, StackBytes);

    /// <summary>Queues a run, a reset, a question about code, or the shutdown. Called by the reading thread.</summary>
    public void Add(IMessage message)
    {
        lock (gate)
        {
            work.Enqueue(message);
            Monitor.Pulse(gate);
        }
    }

    private void Loop()
    {
        var made = createEngines();
        engines.SetResult(made);
        var cold = made.Where(static engine => engine.Info.Unavailable is null).ToList();
        while (true)
        {
            if (cold.Count > 0 && IsQuiet())
            {
                cold[0].WarmUp(NothingWaits);
                cold.RemoveAt(0);
                continue;
            }

            switch (Next())
            {
                case RunCodeMessage run:
                    // Its own engine is warm then; and from now on there may be code that interrupts this thread wherever it waits.
                    cold.Clear();
                    if (!TryExecute(run, made))
                    {
                        return;
                    }

                    break;
                case ResetMessage reset:
                    sender.SendNow(Reset(reset, made));
                    break;
                case IsCompleteMessage question:
                    sender.SendNow(Answer(question, made));
                    break;
                case CompleteMessage question:
                    sender.SendNow(Answer(question, made));
                    break;
                default:
                    ProcessCalls.ExitNow(WorkerExitCode.Done);
                    return;
            }
        }
    }

    /// <summary>Whether no work comes for a moment.</summary>
    private bool IsQuiet()
    {
        lock (gate)
        {
            return work.Count == 0 && !Monitor.Wait(gate, QuietBeforeWarmUp) && work.Count == 0;
        }
    }

    private bool NothingWaits()
    {
        lock (gate)
        {
            return work.Count == 0;
        }
    }

    private IMessage Next()
    {
        while (true)
        {
            try
            {
                lock (gate)
                {
                    while (work.Count == 0)
                    {
                        Monitor.Wait(gate);
                    }

                    return work.Dequeue();
                }
            }
            catch (ThreadInterruptedException)
            {
                // A thread that a run left behind kept hold of this one and interrupted it: no wait of its code's is broken off by that.
            }
        }
    }

    /// <returns>False when the worker ends because of the run; the reading thread sees to that.</returns>
    private bool TryExecute(RunCodeMessage run, IReadOnlyList<IEngine> made)
    {
        var engine = Find(run.Engine, made, out var fault);
        var started = MonotonicClock.Nanos;
        var deadline = run.DeadlineMicros > 0 ? started + (run.DeadlineMicros * 1000) : long.MaxValue;
        var scope = desk.Begin(run.Run, started, deadline, bringsHandlers: engine is { KeepsHandlers: true });
        output.Open(run.Run);
        Budgets?.Begin(scope, started);
        sender.SendPosted();
        RunScope.Current = scope;
        EngineResult result;
        try
        {
            result = engine is not null
                ? engine.Execute(new EngineRequest(run.Run, run.Code, run.Path, run.FirstLine), scope)
                : new EngineResult(null, fault);
        }
        catch (Exception exception)
        {
            // An engine lets an unwinding through; anything else is a fault of ours, told as the run's failure.
            result = new EngineResult(null, new RunError(exception.GetType().FullName ?? "", exception.Message, exception.StackTrace ?? ""), exception);
        }

        RunScope.Current = null;

        // One of the code's own that came when nothing waited would break a wait of ours or of the next run.
        KickGate.TakeBackKick();
        desk.Settle(scope);
        captured.Settle();
        Budgets?.End(scope, result, () => made.FirstOrDefault(engine => engine.Info.Name == run.Engine)?.Reset());
        if (desk.End(scope, result, started) is not { } completed)
        {
            return false;
        }

        completed = Budgets?.Judge(scope, completed) ?? completed;
        output.Close();
        sender.SendNow(completed);

        // Threads that it leaves behind wait for nothing of its any more.
        desk.Pulse();
        return true;
    }

    private static IEngine? Find(string name, IReadOnlyList<IEngine> made, out RunError? fault)
    {
        var engine = made.FirstOrDefault(candidate => candidate.Info.Name == name);
        fault = engine switch
        {
            null => new RunError("UnknownEngine", $"There is no engine '{name}'. The known ones: {string.Join(", ", made.Select(static known => known.Info.Name))}.", ""),
            { Info.Unavailable: { } why } => new RunError("EngineUnavailable", $"The engine '{name}' is not available: {why}", ""),
            _ => null,
        };
        return fault is null ? engine : null;
    }

    private ResetDoneMessage Reset(ResetMessage reset, IReadOnlyList<IEngine> made)
    {
        if (reset.Engine is not null && Find(reset.Engine, made, out var fault) is null)
        {
            return new ResetDoneMessage(reset.Request, fault!.Message);
        }

        var chosen = made.Where(engine => reset.Engine is null || engine.Info.Name == reset.Engine).ToList();
        chosen.ForEach(static engine => engine.Reset());
        if (chosen.Exists(static engine => !engine.KeepsHandlers))
        {
            desk.ForgetHandlers();
        }

        return new ResetDoneMessage(reset.Request, null);
    }

    private static IsCompleteAnswerMessage Answer(IsCompleteMessage question, IReadOnlyList<IEngine> made)
    {
        var (answer, error) = Ask(question.Engine, made, engine => engine.IsComplete(question.Code));
        return answer is null
            ? new IsCompleteAnswerMessage(question.Request, CodeStatus.Unknown, "", MayContinue: false, error)
            : new IsCompleteAnswerMessage(question.Request, answer.Status, answer.Indent, answer.MayContinue, Error: null);
    }

    private static CompleteAnswerMessage Answer(CompleteMessage question, IReadOnlyList<IEngine> made)
    {
        var (answer, error) = Ask(question.Engine, made, engine => engine.Complete(question.Code, question.Position));
        string[] matches = [.. (answer?.Matches ?? []).Where(static match => match.Length <= ProtocolConstants.MaxMatchLength).Take(ProtocolConstants.MaxMatches)];
        return new CompleteAnswerMessage(question.Request, answer?.Start ?? question.Position, answer?.End ?? question.Position, matches, error);
    }

    private static (T? Answer, string? Error) Ask<T>(string name, IReadOnlyList<IEngine> made, Func<IEngine, T> ask)
        where T : class
    {
        if (Find(name, made, out var fault) is not { } engine)
        {
            return (null, fault!.Message);
        }

        try
        {
            return (ask(engine), null);
        }
        catch (Exception exception)
        {
            // A fault of ours that a question can live without; a run of the same code may well succeed.
            return (null, $"{exception.GetType()}: {exception.Message}");
        }
    }
}
