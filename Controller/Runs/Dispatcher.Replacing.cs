using ProcInterrupt.Connection;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.Runs;

/// <content>The worker's end, and another one in its place.</content>
internal sealed partial class Dispatcher
{
    private bool hasCompletedRun;

    /// <summary>An ended worker's own; kept until the next one has its own, whose path would be the same otherwise.</summary>
    private InterruptBuffer? partedBuffer;

    /// <summary>Whether the present worker, or the last one, has completed a run from the queue.</summary>
    public bool HasCompletedRun
    {
        get
        {
            lock (gate)
            {
                return hasCompletedRun;
            }
        }
    }

    /// <summary>The worker is gone for good: settles everything that waits for it.</summary>
    /// <param name="ending">How.</param>
    /// <param name="exit">What is known of its end.</param>
    public void Close(WorkerEnding ending, WorkerExit exit)
    {
        lock (gate)
        {
            lost = $"{exit.Message} The session is gone; to go on, start a new Worker.";
            var exception = new WorkerLostException(lost, null, exit);
            SettleCurrent(ending, exit, lost, exception);
            while (queue.First?.Value is { } work)
            {
                TakeOffQueue(work);
                (work as QueuedRequest)?.Fail(exception);
                if (work is RunRecord queued)
                {
                    Finish(queued, WithoutWorker(queued, RunOutcome.WorkerLost, lost));
                }
            }

            LetGoOfParted();
            buffer?.Release();
            buffer = null;
            Background.Complete();
        }
    }

    /// <summary>The worker is gone, and another one is to come: settles what was in it. What is queued waits.</summary>
    /// <param name="ending">How.</param>
    /// <param name="exit">What is known of its end.</param>
    public void Part(WorkerEnding ending, WorkerExit exit)
    {
        lock (gate)
        {
            attached = resumed = false;
            var message = $"{exit.Message} The session is gone; the worker is being replaced.";
            SettleCurrent(ending, exit, message, new WorkerLostException(message, null, exit));
            if (bufferIsOwn && buffer is not null)
            {
                LetGoOfParted();
                (partedBuffer, buffer) = (buffer, null);
            }
        }
    }

    /// <summary>Another worker is there. Nothing is sent from the queue before <see cref="Resume"/>.</summary>
    /// <param name="next">Towards it.</param>
    /// <param name="nextKill">Kills it, without waiting; called under the lock.</param>
    /// <param name="own">The buffer that it gets unless the user has set one, or none; stays the caller's.</param>
    /// <returns>Completes when it polls its buffer.</returns>
    /// <remarks>The buffer is told in the same step: one that the user sets from now on comes after it, and stays.</remarks>
    public Task Attach(IOutbox next, Action nextKill, InterruptBuffer? own)
    {
        lock (gate)
        {
            outbox = next;
            kill = nextKill;
            flow = new OutputFlow(next.PostCredit);
            killing = terminating = hasCompletedRun = false;
            attached = true;
            if (bufferIsOwn)
            {
                own?.Hold();
                return own is null ? Task.CompletedTask : Swap(own, isOwn: true);
            }

            buffer?.HoldAgain();
            return buffer is null ? Task.CompletedTask : Swap(buffer, isOwn: false);
        }
    }

    /// <summary>Sends code to a worker that was attached, ahead of the queue.</summary>
    public Run StartUp(StartUpRun code)
    {
        lock (gate)
        {
            var run = Create(code.Engine, code.Code, new RunOptions());
            if (attached)
            {
                Send(run);
            }
            else
            {
                Finish(run, WithoutWorker(run, RunOutcome.WorkerLost, "The replacement ended before its start-up run."));
            }

            return run.Handle;
        }
    }

    /// <summary>The attached worker is ready: what is queued is sent, one after the other.</summary>
    public void Resume()
    {
        lock (gate)
        {
            resumed = attached;
            SendNext();
        }
    }

    private void LetGoOfParted()
    {
        partedBuffer?.Release();
        partedBuffer = null;
    }

    private void SettleCurrent(WorkerEnding ending, WorkerExit exit, string message, WorkerLostException exception)
    {
        var (outcome, status, rung) = ending switch
        {
            WorkerEnding.Killed => (RunOutcome.Killed, ReceiptStatus.Killed, InterruptRung.Kill),
            WorkerEnding.Terminated => (RunOutcome.Terminated, ReceiptStatus.Terminated, InterruptRung.Terminate),
            _ => (RunOutcome.WorkerLost, ReceiptStatus.WorkerLost, (InterruptRung?)null),
        };
        var reason = exit.BudgetReason ?? (current as RunRecord)?.Exceeded;
        if (ending == WorkerEnding.Lost && exit.BudgetReason is not null)
        {
            // It ended itself, or the kernel ended it, as it was asked to.
            (outcome, status, rung) = exit.KilledBySignal is null
                ? (RunOutcome.Terminated, ReceiptStatus.Terminated, InterruptRung.Terminate)
                : (RunOutcome.Killed, ReceiptStatus.Killed, InterruptRung.Kill);
        }

        desk.Close(status, rung);
        workerLog.TellDropped();
        if (current is RunRecord run)
        {
            // Credit is the worker's: what a reader lets go of later is not the next one's.
            run.UnreadBytes = 0;
            Finish(run, WithoutWorker(run, outcome, message) with { Reason = reason });
        }

        (current as QueuedRequest)?.Fail(exception);
        current = null;
        CloseDiagnoses();
        while (swaps.TryDequeue(out var swap))
        {
            swap.Fail(exception);
            swap.Buffer?.Release();
        }
    }
}
