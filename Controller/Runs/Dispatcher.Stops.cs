using ProcInterrupt.Diagnostics;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Runs;

/// <content>Requests to interrupt, and the ladder.</content>
internal sealed partial class Dispatcher
{
    /// <summary>Whether a run was to be ended by killing the worker; frames are not looked at any more.</summary>
    public bool IsKilling
    {
        get
        {
            lock (gate)
            {
                return killing;
            }
        }
    }

    /// <summary>Whether the worker was told to end because of the run in it.</summary>
    public bool IsTerminating
    {
        get
        {
            lock (gate)
            {
                return terminating;
            }
        }
    }

    /// <summary>Hands a request in, and settles it at once when the run is not in the worker.</summary>
    public void Interrupt(RunRecord run, InterruptRequest request)
    {
        lock (gate)
        {
            request.Diagnosis = run.Diagnosis;
            switch (run.Phase)
            {
                case RunPhase.Queued:
                    TakeOffQueue(run);
                    var receipt = request.Settle(ReceiptStatus.NeverStarted, InterruptRung.Signal);
                    Telemetry.Count(receipt);
                    run.AddReceipt(receipt);
                    Finish(run, WithoutWorker(run, RunOutcome.Interrupted, null) with { Reason = InterruptReason.User });
                    break;
                case RunPhase.Completed:
                    Telemetry.Count(request.Settle(ReceiptStatus.TooLate, InterruptRung.Signal));
                    break;
                default:
                    desk.Request(request);
                    break;
            }
        }
    }

    /// <summary>Insists on the end of a run that was asked to stop; each further call repeats it. Nothing when the run has ended.</summary>
    /// <param name="run">The run.</param>
    /// <param name="request">What was handed in for it.</param>
    public void Insist(RunRecord run, InterruptRequest request)
    {
        lock (gate)
        {
            // Once the worker is to end for it, to insist changes nothing.
            if (run.Phase != RunPhase.Completed && !terminating && !killing)
            {
                desk.Insist(request);
            }
        }
    }

    /// <summary>Tells the worker to end because a run that was asked to stop did not. Nothing when the run has ended, or it was told.</summary>
    public void Terminate(RunRecord run)
    {
        lock (gate)
        {
            if (run.Phase != RunPhase.Completed && !terminating && !killing)
            {
                terminating = true;
                desk.Climb(InterruptRung.Terminate);
                outbox.Post(new TerminateMessage(run.Number));
            }
        }
    }

    /// <summary>Ends a run that was asked to stop by killing the worker. Nothing when the run has ended.</summary>
    /// <remarks>From here on the run's outcome is decided; what the worker still says does not count.</remarks>
    public void Kill(RunRecord run)
    {
        lock (gate)
        {
            if (run.Phase != RunPhase.Completed && !killing)
            {
                killing = true;
                desk.Climb(InterruptRung.Kill);

                // Under the lock: a while later it might be the next worker's.
                kill();
            }
        }
    }

    private void OnReceipt(InterruptReceipt receipt)
    {
        Telemetry.Count(receipt);
        ((RunRecord)current!).AddReceipt(receipt);
    }
}
