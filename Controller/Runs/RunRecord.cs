using System.Diagnostics;
using ProcInterrupt.Events;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Runs;

/// <summary>What the dispatcher knows of one run. Its members are touched under the dispatcher's lock, except for the readonly ones.</summary>
internal sealed class RunRecord : QueuedWork
{
    private readonly TaskCompletionSource<RunResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunRecord(RunCodeMessage code, Dispatcher dispatcher, bool waitForReader, long retention)
    {
        Code = code;
        Number = code.Run;
        QueuedNanos = MonotonicClock.Nanos;
        WaitForReader = waitForReader;
        Handle = new Run(this, dispatcher, code.Engine);
        Events = new RunEventStream(Handle, retention, dropsOldest: false);
        ParentActivity = Activity.Current?.Context ?? default;
    }

    public uint Number { get; }

    /// <summary>What the user holds.</summary>
    public Run Handle { get; }

    /// <summary>What is sent; let go of then, since programs may be large and runs are kept.</summary>
    public RunCodeMessage? Code { get; set; }

    public RunEventStream Events { get; }

    public Task<RunResult> Completion => completion.Task;

    public RunPhase Phase { get; set; }

    public long QueuedNanos { get; }

    /// <summary>When it was sent; by this side's clock, since the worker's word is not needed.</summary>
    public long? SentNanos { get; set; }

    public bool WaitForReader { get; set; }

    /// <summary>Output that the worker has sent and nobody has read yet.</summary>
    public long UnreadBytes { get; set; }

    public List<InterruptReceipt> Receipts { get; } = [];

    /// <summary>Requests for input that wait for an answer, with the lengths of their prompts.</summary>
    public Dictionary<uint, int> InputRequests { get; } = [];

    /// <summary>The budget that it went beyond, by the worker's word.</summary>
    public InterruptReason? Exceeded { get; set; }

    /// <summary>What it was doing when it did not stop.</summary>
    public LastDiagnosis Diagnosis { get; } = new();

    public ActivityContext ParentActivity { get; }

    public Activity? Activity { get; set; }

    public void AddReceipt(InterruptReceipt receipt)
    {
        Receipts.Add(receipt);
        Events.Add(new ReceiptEvent(Handle, receipt));
    }

    /// <summary>The end: the result, the last event, and whoever waits.</summary>
    public void Complete(RunResult result)
    {
        Phase = RunPhase.Completed;
        Code = null;
        InputRequests.Clear();
        Events.Add(new RunCompletedEvent(Handle, result));
        Events.Complete();
        completion.TrySetResult(result);
    }
}
