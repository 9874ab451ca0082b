using System.Runtime.Versioning;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Hosting;

/// <summary>The run thread: executes one run after another, and whatever else must not overlap a run.</summary>
/// <remarks>One thread for the worker's life: the recursion guard's constants are its stack's.</remarks>
[SupportedOSPlatform("linux")]
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
    private readonly Func<IReadOnlyList<IEngine>> createEngines;
    private readonly object gate = new();
    private readonly Queue<IMessage> work = new();
    private readonly TaskCompletionSource<IReadOnlyList<IEngine>> engines = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="desk">Delivery.</param>
    /// <param name="sender">Sending.</param>
    /// <param name="output">What runs write.</param>
    /// <param name="createEngines">Called on the run thread.</param>
    public RunLoop(DeliveryDesk desk, MessageSender sender, OutputBuffer output, Func<IReadOnlyList<IEngine>> createEngines)
    {
        this.desk = desk;
        this.sender = sender;
        this.output = output;
        this.createEngines = createEngines;
    }

    /// <summary>The engines, once the run thread has made them.</summary>
    public Task<IReadOnlyList<IEngine>> Engines => engines.Task;

    public void Start() => WorkerThread.Start("run", Loop, StackBytes);

    /// <summary>Queues a run, a reset or the shutdown. Called by the reading thread.</summary>
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
                    cold.RemoveAll(engine => engine.Info.Name == run.Engine);
                    Execute(run, made);
                    break;
                case ResetMessage reset:
                    sender.SendNow(Reset(reset, made));
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
        lock (gate)
        {
            while (work.Count == 0)
            {
                Monitor.Wait(gate);
            }

            return work.Dequeue();
        }
    }

    private void Execute(RunCodeMessage run, IReadOnlyList<IEngine> made)
    {
        var started = MonotonicClock.Nanos;
        var scope = desk.Begin(run.Run, started, run.DeadlineMicros > 0 ? started + (run.DeadlineMicros * 1000) : long.MaxValue);
        output.Open(run.Run);
        sender.SendPosted();
        RunScope.Current = scope;
        EngineResult result;
        try
        {
            result = Find(run.Engine, made, out var fault) is { } engine
                ? engine.Execute(new EngineRequest(run.Run, run.Code, run.Path), scope)
                : new EngineResult(null, fault);
        }
        catch (Exception exception)
        {
            // An engine lets an unwinding through; anything else is a fault of ours, told as the run's failure.
            result = new EngineResult(null, new RunError(exception.GetType().FullName ?? "", exception.Message, exception.StackTrace ?? ""), exception);
        }

        RunScope.Current = null;
        DrainThreadInterrupt();
        var completed = desk.End(scope, result, started);
        output.Close();
        sender.SendNow(completed);
    }

    /// <summary>A <see cref="Thread.Interrupt"/> that came when nothing waited stays pending, and would break a wait of ours or of the next run.</summary>
    private static void DrainThreadInterrupt()
    {
        try
        {
            Thread.Sleep(0);
        }
        catch (ThreadInterruptedException)
        {
            // Drained.
        }
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

        foreach (var engine in made.Where(engine => reset.Engine is null || engine.Info.Name == reset.Engine))
        {
            engine.Reset();
        }

        desk.ForgetHandlers();
        return new ResetDoneMessage(reset.Request, null);
    }
}
