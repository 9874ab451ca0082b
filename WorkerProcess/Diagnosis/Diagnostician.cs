using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines.CSharp;
using ProcInterrupt.WorkerProcess.Hosting;

namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>Finds out what a run is doing, on a thread of its own: whatever holds the run up does not hold this up.</summary>
internal sealed class Diagnostician
{
    /// <summary>More questions than that are not answered: one takes some 20 to 300 ms.</summary>
    private const int MostWaiting = 16;

    /// <summary>How long code that polls may take to its next checkpoint: a busy machine, a garbage collection.</summary>
    private static readonly long PollingNanos = TimeSpan.FromMilliseconds(200).Ticks * 100;

    /// <summary>How long the thread may take to its stack then: a deep recursion has many thousand calls.</summary>
    private static readonly long StackNanos = TimeSpan.FromMilliseconds(200).Ticks * 100;

    private readonly DeliveryDesk desk;
    private readonly IFramePoster frames;
    private readonly Queue<DiagnoseMessage> waiting = new();
    private readonly object gate = new();
    private readonly Lazy<RuntimeSampler> sampler = new(() => new RuntimeSampler());
    private bool started;

    public Diagnostician(DeliveryDesk desk, IFramePoster frames)
    {
        this.desk = desk;
        this.frames = frames;
    }

    /// <summary>Queues a question; its answer is posted. Called by the reading thread.</summary>
    public void Add(DiagnoseMessage question)
    {
        lock (gate)
        {
            if (waiting.Count == MostWaiting)
            {
                return;
            }

            waiting.Enqueue(question);
            Monitor.Pulse(gate);
            if (!started)
            {
                started = true;
                WorkerThread.Start("diagnosis", Loop);
            }
        }
    }

    private void Loop()
    {
        while (true)
        {
            DiagnoseMessage question;
            lock (gate)
            {
                while (!waiting.TryDequeue(out question!))
                {
                    Monitor.Wait(gate);
                }
            }

            frames.Post(Answer(question));
        }
    }

    private DiagnosisAnswerMessage Answer(DiagnoseMessage question)
    {
        if (desk.Current is not { } scope || (question.Run != 0 && question.Run != scope.Number))
        {
            return new DiagnosisAnswerMessage(question.Request, 0, RunActivity.NotRunning, false, null, null, 0, null, null);
        }

        var finding = scope.ForeignInCharge is { IsInDotNet: false } foreign ? LookAtForeign(scope, foreign) : LookAtThreads(scope);
        if (scope.Ended)
        {
            finding = new Finding { Activity = RunActivity.NotRunning };
        }

        // Of one that the code has wrapped nothing is told: its text is code of the user's.
        return new DiagnosisAnswerMessage(
            question.Request,
            scope.Number,
            finding.Activity,
            finding.IsInterruptible && !DeliveryDesk.IsShielded(scope),
            Cut(finding.Call, ProtocolConstants.MaxDiagnosisLine),
            finding.Thread,
            SwallowedBy(scope),
            scope.LastSwallowed is KeyboardInterruptException swallowed ? Cut(Traceback.Frames(swallowed), ProtocolConstants.MaxDiagnosisStack) : null,
            Cut(finding.Stack, ProtocolConstants.MaxDiagnosisStack));
    }

    private Finding LookAtThreads(RunScope scope)
    {
        desk.AskForCheckpoint(scope);
        var until = MonotonicClock.Nanos + PollingNanos;
        var thread = Choose(scope);
        var (sleeping, call) = thread is null ? (false, null) : LookAtKernel(thread.KernelId);
        while (!sleeping && scope.Seen is null && !scope.Ended && MonotonicClock.Nanos < until)
        {
            Thread.Sleep(1);
        }

        if (desk.StopAsking(scope) is { } seen)
        {
            until = MonotonicClock.Nanos + StackNanos;
            while (seen is { Stack: null } && MonotonicClock.Nanos < until)
            {
                Thread.Sleep(1);
                seen = scope.Seen ?? seen;
            }

            return new Finding
            {
                Activity = ActivityOfPolling(scope, seen.InCleanup),
                IsInterruptible = !seen.InCleanup,
                Thread = KernelText(sleeping, call),
                Stack = seen.Stack is { } stack ? Calls.TextOf(stack) : null,
            };
        }

        var calls = thread is null ? null : CallsOf(thread.KernelId);
        var found = new Finding { Thread = thread is null ? null : KernelText(sleeping, call), Call = calls?.Call, Stack = calls?.Text };
        return thread switch
        {
            null => found with { Activity = RunActivity.Blocked, IsInterruptible = true, Call = "await", Stack = null },
            { Gate: { IsOpen: true, IsInCleanup: var cleanup } } => found with { Activity = RunActivity.Blocked, IsInterruptible = !cleanup },
            { WaitsForPulse: true } => found with { Activity = RunActivity.Blocked, IsInterruptible = true },
            _ when scope.IsHandling => found with { Activity = RunActivity.Handling },
            _ when scope.Phase == RunPhase.Host => found with { Activity = RunActivity.Preparing, IsInterruptible = true },
            _ when calls is { IsInUsersNativeCode: true } => found with { Activity = RunActivity.Native },
            _ => found with { Activity = sleeping ? RunActivity.Blocked : RunActivity.NotPolling },
        };
    }

    private Finding LookAtForeign(RunScope scope, IForeignCode foreign)
    {
        if (Choose(scope) is not { } thread)
        {
            return new Finding { Activity = RunActivity.Preparing };
        }

        var (sleeping, call) = LookAtKernel(thread.KernelId);
        var (stack, line) = foreign.DescribeCalls();
        var looks = foreign.Looks;
        foreign.Attend();
        var until = MonotonicClock.Nanos + PollingNanos;
        while (foreign.Looks == looks && !thread.WaitsForPulse && MonotonicClock.Nanos < until)
        {
            Thread.Sleep(1);
        }

        var polls = foreign.Looks != looks;
        return new Finding
        {
            Activity = sleeping ? RunActivity.Blocked
                : !polls ? RunActivity.NotPolling
                : foreign.HasInsisted ? RunActivity.Swallowing
                : ActivityOfPolling(scope, inCleanup: scope.Raised.Count > 0),
            // In our own waits, for input say, Python comes to nothing, and a pulse wakes it.
            IsInterruptible = polls || thread.WaitsForPulse,
            Thread = KernelText(sleeping, call),
            Call = line,
            Stack = stack,
        };
    }

    /// <summary>The thread to look at: the run thread, or the oldest other one of the run's while that waits for them; null when all awaits.</summary>
    private RunThread? Choose(RunScope scope)
    {
        var threads = RunThread.In(scope);
        var first = desk.IsAwaiting ? 1 : 0;
        return threads.Count > first ? threads[first] : null;
    }

    private static RunActivity ActivityOfPolling(RunScope scope, bool inCleanup) =>
        inCleanup ? RunActivity.CleaningUp
        : scope.IsHandling ? RunActivity.Handling
        : SwallowedBy(scope) > 0 ? RunActivity.Swallowing
        : RunActivity.Polling;

    /// <summary>Of one that is being raised, the exceptions that came to nothing count: the last one is on its way.</summary>
    private static int SwallowedBy(RunScope scope) => Math.Max(0, scope.Unwinding == Unwinding.None ? scope.Caughts : scope.Caughts + scope.Raises - 1);

    /// <summary>Whether a thread sleeps each time of some that it is looked at, and the system call that it is in then.</summary>
    private static (bool Sleeping, string? Call) LookAtKernel(int thread)
    {
        string? call = null;
        for (var look = 0; look < 3; look++)
        {
            if (KernelThread.IsSleeping(thread) != true)
            {
                return (false, null);
            }

            call = KernelThread.SystemCall(thread);
            Thread.Sleep(1);
        }

        return (true, call);
    }

    private static string KernelText(bool sleeping, string? call) => sleeping ? call ?? "sleeping" : "computing";

    private Calls? CallsOf(int thread) => sampler.Value.Sample(thread) is { } sample ? Calls.Of(sample) : null;

    private static string? Cut(string? text, int most) => text?.Length > most ? string.Concat(text.AsSpan(0, most - 3), "...") : text;

    private sealed record Finding
    {
        public RunActivity Activity { get; init; }

        public bool IsInterruptible { get; init; }

        public string? Call { get; init; }

        public string? Thread { get; init; }

        public string? Stack { get; init; }
    }
}
