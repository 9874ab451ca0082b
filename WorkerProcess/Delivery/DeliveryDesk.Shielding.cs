using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <content>Shields, which hold the first rung off from a run for a bounded time.</content>
internal sealed partial class DeliveryDesk
{
    private const long NanosPerTick = 100;

    IDisposable IInterruptHost.Shield(TimeSpan bound)
    {
        Check();
        return RunScope.Current is { } scope && BeginShield(scope, bound, CleanupDepth.InCleanup) is { } shield ? shield : NoShield.Instance;
    }

    /// <summary>Holds off from now on what asks the run to stop, for the bound at most.</summary>
    /// <returns>The shield; <see langword="null"/> when the run is over.</returns>
    public RunShield? BeginShield(RunScope scope, TimeSpan bound, bool inCleanup)
    {
        lock (gate)
        {
            if (scope.Ended)
            {
                return null;
            }

            NoteHeldOff(scope);
            var now = MonotonicClock.Nanos;
            var until = now + (bound.Ticks * NanosPerTick);
            if (scope.HoldsOff && now < scope.ShieldedUntilNanos)
            {
                // What waits already must not wait longer for this one.
                until = Math.Min(until, scope.ShieldedUntilNanos);
            }

            var shield = new RunShield(scope, until, inCleanup);
            scope.Shields.Add(shield);
            scope.ShieldedUntilNanos = Math.Max(scope.ShieldedUntilNanos, until);
            return shield;
        }
    }

    /// <summary>Ends a shield; without another, what was held off is delivered, here if it may be raised here.</summary>
    /// <exception cref="KeyboardInterruptException">The calling thread's run is interrupted.</exception>
    public void EndShield(RunShield shield)
    {
        var scope = shield.Scope;
        lock (gate)
        {
            if (!scope.Shields.Remove(shield) || scope.Ended)
            {
                return;
            }

            NoteHeldOff(scope);
            scope.ShieldedUntilNanos = scope.Shields.Count == 0 ? 0 : scope.Shields.Max(static other => other.UntilNanos);
            if (IsShielded(scope) || !HasNewWork(scope))
            {
                return;
            }
        }

        // A using's finally is clean-up to the weaver, and yet the place where the shield's code ends.
        if (RunScope.Current == scope && !shield.InCleanup && !CleanupDepth.InOuterCleanup)
        {
            TakeAndRaise(scope, cleanup: false);
        }

        Attend(scope);
    }

    /// <summary>Whether a shield holds off what asks the run to stop, if anything does.</summary>
    public static bool IsShielded(RunScope scope) => scope.ShieldedUntilNanos is not 0 and var until && MonotonicClock.Nanos < until;

    /// <summary>What stands there and is held off by a shield is told, once. Called with the lock held.</summary>
    private void NoteHeldOff(RunScope scope)
    {
        if (scope.Ended || !IsShielded(scope))
        {
            return;
        }

        scope.HoldsOffLocal |= Decide(scope, scope.Local, cleanup: false) == WordAction.Defer;
        var word = page.View.ReadWord().WithoutTrip;
        if (word != scope.HeldOff && Decide(scope, word, cleanup: false) == WordAction.Defer)
        {
            scope.HeldOff = word;
            frames.Post(new InterruptDeferredMessage(scope.Number, word.Bits, MonotonicClock.Nanos));
        }
    }
}
