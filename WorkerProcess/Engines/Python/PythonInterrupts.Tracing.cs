using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ProcInterrupt.Interrupts;
using ProcInterrupt.WorkerProcess.Budgets;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <content>Raising, with trace functions where a plain exception would not do.</content>
internal sealed unsafe partial class PythonInterrupts
{
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int TraceInsist(nint self, nint frame, int what, nint argument) =>
        what is LineEvent or CallEvent && instance!.insisting && !instance.RaiseNow() ? -1 : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int TraceOpcodes(nint self, nint frame, int what, nint argument) =>
        what == OpcodeEvent && !instance!.PassOpcode(frame) ? -1 : 0;

    /// <inheritdoc cref="RaiseAt"/>
    private bool Raise(InterruptWord word, nint frame, bool tracked)
    {
        var exception = NewInterrupt();
        if (exception == 0)
        {
            if (tracked)
            {
                RaiseLater(word);
            }

            return false;
        }

        if (tracked)
        {
            Track(exception, word);
        }

        return RaiseAt(exception, frame);
    }

    /// <summary>Sets an exception, whose reference it takes over, as Python's error, or sees to it that it is set soon.</summary>
    /// <returns>False with the error set.</returns>
    private bool RaiseAt(nint exception, nint frame)
    {
        if (frame == 0 || frame == api.None || deferred != 0 || !IsAtJump(frame))
        {
            objects.SetError(exception);
            return false;
        }

        // From 3.11 on the try around a loop may not cover its backward jump (seen up to 3.13): raise at the next opcode instead.
        deferred = exception;
        jumpsPassed = 0;
        deferredFrame = objects.Shared(frame);
        KeepUserTrace();
        if (!objects.SetAttribute(frame, "f_trace_opcodes"u8, api.True))
        {
            api.PyErr_Clear();
        }

        api.PyEval_SetTrace((nint)(delegate* unmanaged[Cdecl]<nint, nint, int, nint, int>)&TraceOpcodes, frame);
        return true;
    }

    /// <summary>Sets a new KeyboardInterrupt as Python's error; it is not followed.</summary>
    /// <returns>False: the error is set.</returns>
    private bool RaiseNow()
    {
        var exception = NewInterrupt();
        if (exception != 0)
        {
            objects.SetError(exception);
        }

        return false;
    }

    /// <returns>A new reference, or 0 with Python's MemoryError set.</returns>
    private nint NewInterrupt()
    {
        if (NativeHeap.HasRefused)
        {
            // To unwind takes memory. Without any, a MemoryError would take the interrupt's place on its way.
            NativeHeap.ReleaseReserve();
        }

        return api.PyObject_CallObject(api.KeyboardInterrupt, 0);
    }

    /// <summary>Raises now, and from a trace function at each line from now on, so that no clause can keep it.</summary>
    private bool Insist()
    {
        lock (gate)
        {
            // The end of the run settles everything now.
            alive.Clear();
        }

        if (TakeDeferred() is not 0 and var exception)
        {
            api.Py_DecRef(exception);
        }

        KeepUserTrace();
        insisting = true;
        api.PyEval_SetTrace((nint)(delegate* unmanaged[Cdecl]<nint, nint, int, nint, int>)&TraceInsist, api.None);
        return RaiseNow();
    }

    /// <summary>Whether the frame stands at a jump backward.</summary>
    private bool IsAtJump(nint frame)
    {
        if (runtime.Library.Minor < 11)
        {
            return false;
        }

        var last = objects.Attribute(frame, "f_lasti"u8);
        var code = api.PyFrame_GetCode(frame);
        var bytes = code == 0 ? 0 : objects.Attribute(code, "co_code"u8);
        var found = false;
        if (last != 0 && bytes != 0)
        {
            var index = api.PyLong_AsLongLong(last);
            var opcodes = objects.ByteSpan(bytes);
            found = index >= 0 && index < opcodes.Length && jumps[opcodes[(int)index]];
        }

        api.PyErr_Clear();
        foreach (var part in (ReadOnlySpan<nint>)[last, code, bytes])
        {
            if (part != 0)
            {
                api.Py_DecRef(part);
            }
        }

        return found;
    }

    /// <returns>False with the interrupt set as Python's error.</returns>
    private bool PassOpcode(nint frame)
    {
        if (deferred == 0 || frame != deferredFrame || (jumpsPassed++ < MostJumps && IsAtJump(frame)))
        {
            return true;
        }

        objects.SetError(TakeDeferred());
        return false;
    }

    /// <summary>Tracing for it stops.</summary>
    /// <returns>The exception that waits to be raised, as the caller's reference; 0 for none.</returns>
    private nint TakeDeferred()
    {
        var exception = deferred;
        if (exception != 0)
        {
            deferred = 0;
            if (!objects.SetAttribute(deferredFrame, "f_trace_opcodes"u8, api.False))
            {
                api.PyErr_Clear();
            }

            api.Py_DecRef(deferredFrame);
            deferredFrame = 0;
            RestoreUserTrace();
        }

        return exception;
    }

    /// <summary>The code's own trace function is set aside, for it to have it back.</summary>
    private void KeepUserTrace()
    {
        if (userTrace == 0)
        {
            userTrace = GetTrace();
        }
    }

    private void RestoreUserTrace()
    {
        api.PyEval_SetTrace(0, 0);
        if (userTrace is not 0 and var trace)
        {
            userTrace = 0;
            SetTrace(trace);
        }
    }

    /// <summary>The code's own trace function, a debugger's say, sees the code and not what we do before and after it.</summary>
    public void SuspendUserTrace()
    {
        if (userTrace != 0)
        {
            return; // we trace ourselves until the end of the run
        }

        var trace = GetTrace();
        if (trace == api.None)
        {
            api.Py_DecRef(trace);
            return;
        }

        ForgetUserTrace();
        suspendedTrace = trace;
        api.PyEval_SetTrace(0, 0);
    }

    /// <summary>The code begins.</summary>
    public void ResumeUserTrace()
    {
        if (suspendedTrace is not 0 and var trace)
        {
            suspendedTrace = 0;
            SetTrace(trace);
        }
    }

    /// <summary>The session starts anew.</summary>
    public void ForgetUserTrace()
    {
        if (suspendedTrace != 0)
        {
            api.Py_DecRef(suspendedTrace);
            suspendedTrace = 0;
        }
    }

    /// <summary>As <c>sys.gettrace</c>; gives a reference.</summary>
    private nint GetTrace()
    {
        var get = objects.Attribute(session, "get_trace"u8);
        var trace = objects.Call(get);
        api.Py_DecRef(get);
        return trace;
    }

    /// <summary>As <c>sys.settrace</c>; takes over the reference.</summary>
    private void SetTrace(nint trace)
    {
        if (trace == api.None)
        {
            api.Py_DecRef(trace);
            return;
        }

        var set = objects.Attribute(session, "set_trace"u8);
        var done = objects.Call(set, trace);
        api.Py_DecRef(set);
        if (done == 0)
        {
            api.PyErr_Clear();
        }
        else
        {
            api.Py_DecRef(done);
        }
    }

    /// <summary>The run is over: whatever traces for us stops.</summary>
    private void StopTracing()
    {
        if (TakeDeferred() is not 0 and var exception)
        {
            api.Py_DecRef(exception);
        }

        if (userTrace != 0)
        {
            RestoreUserTrace();
        }
    }
}
