using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <content>Runs whose code is another language's runtime, which takes by itself.</content>
internal sealed partial class DeliveryDesk
{
    /// <summary>The run's code is foreign from now on: it takes by itself, through <see cref="TakeForeign"/>.</summary>
    /// <returns>False when the run unwinds already; then the code must not begin.</returns>
    public bool EnterForeign(RunScope scope, IForeignCode code)
    {
        lock (gate)
        {
            if (scope.Unwinding != Unwinding.None)
            {
                return false;
            }

            scope.Foreign = code;
            scope.Phase = RunPhase.User;
            return true;
        }
    }

    /// <summary>Takes the next thing for a run of foreign code, which does what the answer says.</summary>
    /// <remarks>Raise: see <see cref="SettleForeign"/>. Handle: <see cref="ReportHandled"/> or <see cref="RaiseForeign"/> must follow.</remarks>
    public WordAction TakeForeign(RunScope scope, out InterruptWord taken)
    {
        lock (gate)
        {
            return TakeNext(scope, cleanup: false, out taken);
        }
    }

    /// <summary>A handler of foreign code made a word that it was called for an interrupt.</summary>
    public void RaiseForeign(RunScope scope, InterruptWord taken)
    {
        lock (gate)
        {
            StartForeignRaise(scope, taken);
        }
    }

    /// <summary>Foreign code has caught an interrupt, and goes on.</summary>
    public void SettleForeign(RunScope scope, InterruptWord raised)
    {
        lock (gate)
        {
            if (scope.Ended || scope.IsForeignEnd || !scope.Raised.Remove(raised))
            {
                return;
            }

            scope.Caughts++;
            frames.Post(new InterruptHandledMessage(scope.Number, raised.Bits, HandledBy.Catch, MonotonicClock.Nanos));
            if (scope.Raised.Count == 0)
            {
                scope.RenewToken();
                page.View.State = WorkerState.Running;
            }
        }
    }

    /// <summary>What came out of foreign code is an interrupt: whether it is one that was taken and has not been caught. From then on none of them is.</summary>
    /// <remarks>Answer and end are one step: another thread may let go of an exception at any moment.</remarks>
    public bool TryEndForeign(RunScope scope)
    {
        lock (gate)
        {
            scope.IsForeignEnd |= scope.Raised.Count > 0;
            return scope.IsForeignEnd;
        }
    }

    /// <summary>Foreign code is over. What comes from now on is too late.</summary>
    /// <remarks>.NET threads that it has started, through functions of its host, stop as those of any run that was to stop.</remarks>
    public void LeaveForeign(RunScope scope, ForeignEnd end, int exitCode = 0)
    {
        lock (gate)
        {
            if (end == ForeignEnd.Returned)
            {
                return;
            }

            if (end == ForeignEnd.Exited)
            {
                scope.Unwinding = Unwinding.Exit;
                scope.ExitCode = exitCode;
            }
            else
            {
                scope.Unwinding = Unwinding.Interrupt;
                scope.Cause = scope.Raised[0];
                scope.Rung = scope.Raised.Exists(static word => word.Rung == InterruptRung.Insist) ? InterruptRung.Insist : scope.Cause.Rung;
            }

            // What such threads meet is .NET's to take; the handlers have gone with the code.
            scope.Foreign = null;
            BringThreadsDown(scope);
        }
    }

    /// <summary>Foreign code unwinds by itself, and may catch: it is asked once, and only its end tells whether the run was interrupted.</summary>
    private void StartForeignRaise(RunScope scope, InterruptWord taken)
    {
        scope.Raised.Add(taken);
        page.View.State = WorkerState.Raising;
        page.View.RaisedNanos = MonotonicClock.Nanos;

        // For .NET code that the foreign code waits for.
        scope.CancelTokens();
    }
}
