using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <content>Catch clauses that keep an interrupt.</content>
internal sealed partial class DeliveryDesk
{
    /// <summary>Asked by a clause that catches everything.</summary>
    public static bool PassesCatchAll(object exception) => exception is KeyboardInterruptException or RunExitException
        || (RunScope.Current is { } scope && scope.Unwinding != Unwinding.None && UnwindingException.IsWithin(exception as Exception, scope.Token));

    /// <summary>Asked by a clause for interrupts.</summary>
    public static bool PassesInterruptCatch(object exception) => exception is RunExitException
        || (RunScope.Current is { MayBeCaught: false } scope && UnwindingException.IsWithin(exception as Exception, scope.Token));

    /// <summary>A clause for interrupts was entered.</summary>
    /// <param name="exception">What it caught.</param>
    /// <param name="mayRethrow">Whether <see cref="CatchLeft"/> or <see cref="CatchRethrows"/> follows.</param>
    public void Caught(object exception, bool mayRethrow)
    {
        if (RunScope.Current is not { } scope)
        {
            return;
        }

        lock (gate)
        {
            // An insist may have been taken by another thread since the filter was asked.
            if (scope.Unwinding != Unwinding.Interrupt || !scope.MayBeCaught || !UnwindingException.IsWithin(exception as Exception, scope.Token))
            {
                return;
            }

            scope.Unwinding = Unwinding.None;
            scope.Caught.AddRange(scope.Raised);
            scope.Caughts += scope.Raised.Count;
            scope.LastSwallowed = exception as Exception;
            scope.Raised.Clear();
            scope.RenewToken();
            page.View.State = WorkerState.Running;
            ClearTrip(scope);
            if (!mayRethrow)
            {
                ReportCaught(scope);
            }
        }
    }

    public void CatchLeft()
    {
        if (RunScope.Current is { } scope)
        {
            lock (gate)
            {
                ReportCaught(scope);
            }
        }
    }

    public void CatchRethrows()
    {
        if (RunScope.Current is { } scope)
        {
            lock (gate)
            {
                if (scope.Caught.Count > 0 && !scope.Ended)
                {
                    scope.Raised.AddRange(scope.Caught);
                    scope.Caughts -= scope.Caught.Count;
                    scope.Caught.Clear();
                    scope.Unwinding = Unwinding.Interrupt;
                    BringThreadsDown(scope);
                }
            }
        }
    }

    private void ReportCaught(RunScope scope)
    {
        if (!scope.Ended)
        {
            foreach (var word in scope.Caught)
            {
                frames.Post(new InterruptHandledMessage(scope.Number, word.Bits, HandledBy.Catch, MonotonicClock.Nanos));
            }
        }

        scope.Caught.Clear();
    }
}
