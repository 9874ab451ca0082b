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
        var id = FollowedAs(exception);
        lock (gate)
        {
            if (!open || id == 0 || !alive.Remove(id, out var word))
            {
                return false;
            }

            RaiseLater(word);
        }

        return true;
    }

    /// <summary>What was taken could not be raised here: it is as soon as Python comes again.</summary>
    private void RaiseLater(InterruptWord word)
    {
        lock (gate)
        {
            lost.Enqueue(word);
            hasOwnWork = true;
            _ = PosixThread.Kill(thread, PrivateSignal);
        }
    }

    /// <returns>What <see cref="Track"/> tied to the exception; 0 for nothing.</returns>
    private nint FollowedAs(nint exception)
    {
        var capsule = objects.Attribute(exception, "_procinterrupt"u8);
        var id = capsule == 0 ? 0 : api.PyCapsule_GetPointer(capsule, (byte*)CapsuleName);
        if (id == 0)
        {
            api.PyErr_Clear();
        }

        if (capsule != 0)
        {
            api.Py_DecRef(capsule);
        }

        return id;
    }

    /// <summary>Whether the exception's end will be an interrupt's.</summary>
    private bool IsFollowed(nint exception)
    {
        var id = FollowedAs(exception);
        lock (gate)
        {
            return id != 0 && alive.ContainsKey(id);
        }
    }

    /// <summary>Whether an exception is the interpreter's KeyboardInterrupt.</summary>
    public bool IsInterrupt(nint exception) => api.PyErr_GivenExceptionMatches(exception, api.KeyboardInterrupt) != 0;

    /// <summary>The same, or a group with one.</summary>
    public bool IsInterruptOrGroup(nint exception)
    {
        if (IsInterrupt(exception))
        {
            return true;
        }

        var found = CallUndisturbed("is_interrupt_group"u8, objects.Shared(exception));
        if (found == 0)
        {
            // Code of the user's, by a group class of its own.
            api.PyErr_Clear();
            return false;
        }

        api.Py_DecRef(found);
        return found == api.True;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void CapsuleFreed(nint capsule) =>
        instance!.Settle(instance.api.PyCapsule_GetPointer(capsule, (byte*)CapsuleName));

    /// <summary>Ties a word to an exception, whose end is the interrupt's.</summary>
    /// <remarks>No Python code runs here: another interrupt would come out in it, and the exception would go on without being followed.</remarks>
    private void Track(nint exception, InterruptWord word)
    {
        GuardUnraisable();
        nint id;
        lock (gate)
        {
            id = ++lastRaised;
            alive[id] = word;
        }

        var capsule = api.PyCapsule_New(id, (byte*)CapsuleName, (nint)(delegate* unmanaged[Cdecl]<nint, void>)&CapsuleFreed);
        if (capsule == 0 || !objects.SetAttribute(exception, "_procinterrupt"u8, capsule))
        {
            // Only without memory. The end of the run settles it then, and not the end of the capsule.
            api.PyErr_Clear();
            lock (gate)
            {
                alive.Remove(id);
            }
        }

        if (capsule != 0)
        {
            api.Py_DecRef(capsule);
        }
    }

    /// <summary>Our hook asks for interrupts again that came out where nothing can be raised; the rest is for the code's own hook.</summary>
    private void GuardUnraisable()
    {
        if (unraisable == 0)
        {
            var native = objects.Attribute(session, "_native"u8);
            unraisable = objects.Attribute(native, "unraisable"u8);
            api.Py_DecRef(native);
        }

        fixed (byte* name = "unraisablehook"u8)
        {
            var hook = api.PySys_GetObject(name);
            if (hook == unraisable)
            {
                return;
            }

            if ((hook != 0 && !objects.SetAttribute(session, "outer_unraisable"u8, hook)) || api.PySys_SetObject(name, unraisable) != 0)
            {
                // Only without memory: one that comes out there is dealt with as if it were caught.
                api.PyErr_Clear();
            }
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
