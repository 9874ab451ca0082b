using System.Numerics;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <content>Taking what is there, and calling handlers.</content>
internal sealed unsafe partial class PythonInterrupts
{
    /// <summary>The same as <see cref="Dispatch"/>, for callers on any thread.</summary>
    public bool DispatchHere() => !OnMainThread || Dispatch(frame: 0);

    /// <summary>The code sends a signal to itself: at once on the main thread, else as soon as that comes.</summary>
    /// <returns>False with Python's error set.</returns>
    public bool RaiseSignal(int signal)
    {
        QueueSignal(signal);
        return !OnMainThread || Dispatch(frame: 0);
    }

    /// <summary>The same from a thread that is not Python's.</summary>
    public void QueueSignal(int signal)
    {
        lock (gate)
        {
            if (open)
            {
                ownSignals |= 1UL << (signal - 1);
                hasOwnWork = true;
                if (!OnMainThread)
                {
                    _ = PosixThread.Kill(thread, PrivateSignal);
                }
            }
        }
    }

    /// <summary>Takes and does all there is. The handler of the private signal; also every check of Python's own.</summary>
    /// <param name="frame">The interrupted frame, borrowed; 0 when it is not known.</param>
    /// <returns>False with Python's error set.</returns>
    public bool Dispatch(nint frame)
    {
        Interlocked.Increment(ref looks);
        if (undisturbed > 0)
        {
            return true; // it is told again, soon
        }

        while (TakeNext(out var scope, out var word, out var again) is var action and not WordAction.None)
        {
            switch (action)
            {
                case WordAction.Raise when word.Rung == InterruptRung.Insist && !again:
                    return Insist();
                case WordAction.Raise:
                    if (!again)
                    {
                        WakeByDescriptor(word);
                    }

                    // The code's own signals are nobody's request: what becomes of them is not followed.
                    if (Raise(word, frame, tracked: scope is not null))
                    {
                        break;
                    }

                    return false;
                case WordAction.Handle when !Handle(scope!, word, frame):
                    return false;
                default:
                    break;
            }
        }

        return !insisting || RaiseNow();
    }

    /// <summary>One thing under the gate, so that nothing is taken for a run that is over.</summary>
    private WordAction TakeNext(out RunScope? scope, out InterruptWord word, out bool again)
    {
        lock (gate)
        {
            scope = run;
            word = default;
            again = false;
            if (!open || scope is null)
            {
                return WordAction.None;
            }

            if (lost.TryDequeue(out word))
            {
                again = true;
                NoteOwnWork();
                return WordAction.Raise;
            }

            if (ownSignals != 0)
            {
                var signal = (Signal)(BitOperations.TrailingZeroCount(ownSignals) + 1);
                ownSignals &= ownSignals - 1;
                NoteOwnWork();
                word = new InterruptWord(0, signal, InterruptReason.User, InterruptRung.Signal);
                scope = null;
                return Decide(signal);
            }
        }

        // What is held off by a shield comes later.
        return desk.TakeForeign(scope, out word) is not WordAction.Defer and var action ? action : WordAction.None;
    }

    private void NoteOwnWork() => hasOwnWork = lost.Count > 0 || ownSignals != 0;

    /// <summary>Calls the code's handler.</summary>
    /// <param name="scope">The run whose word it is; <see langword="null"/> for the code's own signals, of which no receipt speaks.</param>
    /// <param name="word">What was taken.</param>
    /// <param name="frame">The interrupted frame, borrowed, or 0.</param>
    private bool Handle(RunScope? scope, InterruptWord word, nint frame)
    {
        var asyncio = kinds[(int)word.Signal] == SignalKind.Asyncio;
        if (asyncio && IsTaskRunning())
        {
            // The handler would cancel the task, which takes effect when it waits next; a busy one never does.
            if (scope is not null)
            {
                desk.RaiseForeign(scope, word);
            }

            return Raise(word, frame, tracked: scope is not null);
        }

        WakeByDescriptor(word);

        // Called from here, so that no frame of ours is in the traceback of what it raises.
        var handler = objects.Shared(api.PyList_GetItem(handlers, (int)word.Signal));
        scope?.HandlerBegan();
        var result = objects.Call(handler, objects.Integer((int)word.Signal), objects.Shared(frame != 0 ? frame : api.None));
        scope?.HandlerEnded();
        api.Py_DecRef(handler);
        if (result != 0)
        {
            api.Py_DecRef(result);
            if (asyncio && scope is not null)
            {
                desk.RaiseForeign(scope, word);
            }
            else if (scope is not null)
            {
                desk.ReportHandled(scope, word, HandledBy.Handler);
            }

            return true;
        }

        var error = objects.TakeError();
        if (scope is not null && IsInterrupt(error) && !insisting && !IsFollowed(error))
        {
            // As default_int_handler does: a handler that raises it makes the signal an interrupt. But not where another
            // interrupt has broken the handler off, whose exception this is.
            desk.RaiseForeign(scope, word);
            Track(error, word);
        }
        else if (scope is not null)
        {
            desk.ReportHandled(scope, word, HandledBy.Handler);
        }

        return RaiseAt(error, frame);
    }

    /// <summary>Calls a function of ours, during which nothing is taken: an interrupt that came out of it would be lost, or be taken for the code's.</summary>
    /// <returns>The result, or 0 with Python's error set.</returns>
    public nint CallUndisturbed(ReadOnlySpan<byte> function, params ReadOnlySpan<nint> arguments)
    {
        var callable = objects.Attribute(session, function);
        undisturbed++;
        try
        {
            return objects.Call(callable, arguments);
        }
        finally
        {
            undisturbed--;
            api.Py_DecRef(callable);
        }
    }

    /// <summary>As Python does for each signal that has a handler of Python's, <c>default_int_handler</c> included.</summary>
    private void WakeByDescriptor(InterruptWord word)
    {
        if (wakeup >= 0)
        {
            PosixThread.WriteByte(wakeup, (byte)word.Signal);
        }
    }

    private bool IsTaskRunning()
    {
        var answer = CallUndisturbed("is_task_running"u8);
        var running = answer == api.True;
        if (answer == 0)
        {
            api.PyErr_Clear();
        }
        else
        {
            api.Py_DecRef(answer);
        }

        return running;
    }
}
