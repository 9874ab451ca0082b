using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ProcInterrupt.Interrupts;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <content>Whether what was raised has been caught, or was lost.</content>
internal sealed unsafe partial class PythonInterrupts
{
    /// <summary>An exception came out where nothing can be raised, in <c>__del__</c> say. An interrupt is asked for again; the rest is for the code's hook.</summary>
    /// <returns>A new reference, or 0 with Python's error set.</returns>
    public nint OnUnraisable(nint unraisable)
    {
        var exception = objects.Attribute(unraisable, "exc_value"u8);
        var isLost = exception != 0 && IsLost(exception);
        if (exception == 0)
        {
            api.PyErr_Clear();
        }
        else
        {
            api.Py_DecRef(exception);
        }

        if (isLost)
        {
            return objects.Shared(api.None);
        }

        var hook = objects.Attribute(session, "outer_unraisable"u8);
        var result = objects.Call(hook, objects.Shared(unraisable));
        api.Py_DecRef(hook);
        return result;
    }

    private bool IsLost(nint exception)
    {
        var capsule = objects.Attribute(exception, "_procinterrupt"u8);
        if (capsule == 0)
        {
            api.PyErr_Clear();
            return false;
        }

        var id = api.PyCapsule_GetPointer(capsule, (byte*)CapsuleName);
        api.Py_DecRef(capsule);
        if (id == 0)
        {
            api.PyErr_Clear();
            return false;
        }

        lock (gate)
        {
            if (!open || !alive.Remove(id, out var word))
            {
                return false;
            }

            lost.Enqueue(word);
            hasOwnWork = true;
            _ = PosixThread.Kill(thread, PrivateSignal);
        }

        return true;
    }

    /// <summary>Whether an exception is the interpreter's KeyboardInterrupt.</summary>
    public bool IsInterrupt(nint exception) => api.PyErr_GivenExceptionMatches(exception, api.KeyboardInterrupt) != 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void CapsuleFreed(nint capsule) =>
        instance!.Settle(instance.api.PyCapsule_GetPointer(capsule, (byte*)CapsuleName));

    /// <summary>Ties a word to an exception, whose end is the interrupt's.</summary>
    private void Track(nint exception, InterruptWord word)
    {
        nint id;
        lock (gate)
        {
            id = ++lastRaised;
            alive[id] = word;
        }

        var guard = objects.Attribute(session, "guard_unraisable"u8);
        var guarded = objects.Call(guard);
        api.Py_DecRef(guard);
        var capsule = api.PyCapsule_New(id, (byte*)CapsuleName, (nint)(delegate* unmanaged[Cdecl]<nint, void>)&CapsuleFreed);
        if (guarded == 0 || capsule == 0 || !objects.SetAttribute(exception, "_procinterrupt"u8, capsule))
        {
            // Only without memory; the end of the run settles it then.
            api.PyErr_Clear();
        }

        if (guarded != 0)
        {
            api.Py_DecRef(guarded);
        }

        if (capsule != 0)
        {
            api.Py_DecRef(capsule);
        }
    }

    /// <summary>The exception is gone. While the run goes on, that means that it was caught.</summary>
    private void Settle(nint id)
    {
        RunScope? scope;
        InterruptWord word;
        lock (gate)
        {
            scope = run;
            if (!open || !alive.Remove(id, out word))
            {
                return;
            }
        }

        // A run that ends meanwhile has been settled by its end.
        if (scope is not null)
        {
            desk.SettleForeign(scope, word);
        }
    }
}
