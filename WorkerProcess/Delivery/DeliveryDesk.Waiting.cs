using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <content>Waits that an interrupt ends, and waking them.</content>
internal sealed partial class DeliveryDesk
{
    private const long SettlingNanos = 200_000_000;

    /// <summary>Waits until the condition holds; an interrupt of the calling thread's run ends the wait by raising.</summary>
    /// <param name="condition">Cheap; read under a lock. Whoever makes it true calls <see cref="Pulse"/>.</param>
    /// <param name="timeout">How long; infinite waits for ever.</param>
    /// <returns>Whether the condition holds.</returns>
    public bool WaitUntil(Func<bool> condition, TimeSpan timeout)
    {
        var until = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : MonotonicClock.Nanos + (timeout.Ticks * 100);
        var scope = RunScope.Current;
        var cleanup = CleanupDepth.InCleanup;
        while (true)
        {
            if (scope is not null)
            {
                TakeAndRaise(scope, cleanup);
            }

            lock (pulse)
            {
                while (!(scope is not null && HasWork(scope, cleanup)))
                {
                    if (condition())
                    {
                        return true;
                    }

                    if (!WaitForPulseAsCode(until))
                    {
                        return false;
                    }
                }
            }
        }
    }

    /// <summary>The same for code of a run's, which is known to wait.</summary>
    private bool WaitForPulseAsCode(long untilNanos)
    {
        if (RunThread.Current is not { } thread)
        {
            return WaitForPulse(untilNanos);
        }

        thread.WaitsForPulse = true;
        try
        {
            return WaitForPulse(untilNanos);
        }
        finally
        {
            thread.WaitsForPulse = false;
        }
    }

    /// <summary>Wakes every <see cref="WaitUntil"/> to look again.</summary>
    public void Pulse()
    {
        lock (pulse)
        {
            if (waiters > 0)
            {
                Monitor.PulseAll(pulse);
            }
        }
    }

    /// <summary>The watcher saw something for the run: wakes what waits, and takes what needs no thread of the run.</summary>
    public void Attend(RunScope scope)
    {
        IForeignCode? foreign;
        bool isDue;
        lock (gate)
        {
            NoteHeldOff(scope);
            foreign = scope.ForeignInCharge;
            if (foreign is { IsInDotNet: true } && DecideNext(scope, cleanup: false) == WordAction.Raise)
            {
                scope.CancelTokens();
            }

            if (!scope.Ended && ExplainsTrip(scope))
            {
                // Somebody may have written over the trip byte.
                SetTrip();
            }

            // In host code nobody reaches a checkpoint, so the run is made to unwind from here.
            while (!scope.Ended && DecideNext(scope, cleanup: false) is var action
                && (action is WordAction.Discard or WordAction.Ignore || (action == WordAction.Raise && scope.Phase == RunPhase.Host)))
            {
                TakeNext(scope, cleanup: false, out _);
            }

            isDue = foreign is { HasWork: true } || HasNewWork(scope);
        }

        if (isDue)
        {
            foreign?.Attend();
        }

        Pulse();
        if (foreign is null or { IsInDotNet: true })
        {
            Kick(scope);
        }
    }

    public void Sleep(TimeSpan duration) => WaitUntil(static () => false, duration);

    /// <summary>See <see cref="IRunScope.Wait"/>. Called by the run thread.</summary>
    public void WaitFor(RunScope scope, Task task)
    {
        if (task.IsCompleted)
        {
            return;
        }

        task.ConfigureAwait(ConfigureAwaitOptions.None).GetAwaiter().UnsafeOnCompleted(Pulse);
        waitingThread = Environment.CurrentManagedThreadId;
        lock (gate)
        {
            scope.Phase = RunPhase.Waiting;
        }

        try
        {
            WaitAndTake(scope, task);
        }
        finally
        {
            waitingThread = 0;
            LeavePhase(scope);
        }
    }

    private void WaitAndTake(RunScope scope, Task task)
    {
        while (true)
        {
            try
            {
                lock (pulse)
                {
                    while (!task.IsCompleted && !HasNewWork(scope))
                    {
                        WaitForPulse(long.MaxValue);
                    }
                }

                if (task.IsCompleted)
                {
                    break;
                }

                TakeAll(scope, cleanup: false);
            }
            catch (KeyboardInterruptException)
            {
                // A handler raised: the run unwinds now, and its task with it. Nothing to raise on this thread.
            }
            catch (ThreadInterruptedException)
            {
                // Code kept hold of this thread and interrupted it, but it waits in an await here, not in a wait of the code's.
            }
            catch (Exception exception) when (!scope.Awaits.AreOver)
            {
                // A handler threw something else: the code sees it where it waits, as it would at a checkpoint.
                EndAwaitHere(scope, exception);
            }

            GoOnHere(scope);
        }
    }

    /// <summary>
    /// A run that was to stop has come to its end: waits until what it has started has stopped too, so that its clean-up is
    /// over before the next run begins. As long as clean-up takes that awaits, unless somebody insists; otherwise not for ever:
    /// what does not stop by then is stopped when it is met.
    /// </summary>
    public void Settle(RunScope scope)
    {
        if (scope.Unwinding == Unwinding.None || scope.IsSettled)
        {
            return;
        }

        var until = MonotonicClock.Nanos + SettlingNanos;
        while (!TryWait())
        {
        }

        bool TryWait()
        {
            try
            {
                lock (pulse)
                {
                    while (!scope.IsSettled && WaitForPulse(scope.IsCleaningUp ? long.MaxValue : until))
                    {
                    }
                }

                return true;
            }
            catch (ThreadInterruptedException)
            {
                // As in WaitFor: a wait of ours, not of the code's.
                return false;
            }
        }
    }

    /// <summary>
    /// The run unwinds: its awaits end. The code behind them goes on elsewhere, since clean-up without end of one must not hold up
    /// another, but for one that the thread goes on with that waits for the run, which has nothing else to do.
    /// </summary>
    private void EndAwaits(RunScope scope)
    {
        foreach (var await in scope.Awaits.TakeDue(scope.UnwindsForGood))
        {
            if (await.IsPatient)
            {
                _ = await.ExecuteLaterAsync();
            }
            else if (waitingThread == Environment.CurrentManagedThreadId && scope.AwaitEndingHere is null)
            {
                scope.AwaitEndingHere = await;
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(await, preferLocal: false);
            }
        }
    }

    private void GoOnHere(RunScope scope)
    {
        GuardedAwait? ending;
        lock (gate)
        {
            (ending, scope.AwaitEndingHere) = (scope.AwaitEndingHere, null);
        }

        if (ending is not null)
        {
            GoOn(scope, ending.Execute);
        }
    }

    private void EndAwaitHere(RunScope scope, Exception exception)
    {
        if (scope.Awaits.TakeForException() is { } ending)
        {
            GoOn(scope, () => ending.EndBy(exception));
        }
    }

    /// <summary>The thread that waits for the run goes on with its code for as long as that does not wait.</summary>
    private void GoOn(RunScope scope, Action code)
    {
        lock (gate)
        {
            scope.Phase = RunPhase.User;
        }

        code();
        lock (gate)
        {
            scope.Phase = RunPhase.Waiting;
        }
    }

    /// <summary>Wakes the run's threads that wait in the framework: all to unwind, one to take.</summary>
    private void Kick(RunScope scope)
    {
        var insist = !scope.Ended && DecideNext(scope, cleanup: true) == WordAction.Raise;
        if (scope.Unwinding != Unwinding.None)
        {
            // An insist that nobody has taken: those that could may all wait in clean-up.
            RunThread.KickAll(scope, insist || scope.UnwindsForGood);
        }
        else if (!scope.Ended && scope.Phase != RunPhase.Waiting)
        {
            switch (DecideNext(scope, cleanup: false))
            {
                case WordAction.Raise:
                    RunThread.KickOne(scope, insist, onlyRepeatable: false);
                    break;
                case WordAction.Handle:
                    RunThread.KickOne(scope, insist: false, onlyRepeatable: true);
                    break;
                default:
                    break;
            }
        }
    }

    /// <returns>False when the time is over. Called with <see cref="pulse"/> held.</returns>
    private bool WaitForPulse(long untilNanos)
    {
        waiters++;
        try
        {
            if (untilNanos == long.MaxValue)
            {
                Monitor.Wait(pulse);
                return true;
            }

            var remaining = untilNanos - MonotonicClock.Nanos;
            if (remaining <= 0)
            {
                return false;
            }

            Monitor.Wait(pulse, TimeSpan.FromTicks(Math.Max(1, remaining / 100)));
            return true;
        }
        finally
        {
            waiters--;
        }
    }
}
