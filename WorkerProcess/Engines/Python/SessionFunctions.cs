using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ProcInterrupt.WorkerProcess.Budgets;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>The functions of the module <c>_procinterrupt</c>, which session.py calls: C functions, so that no frame of ours is in a traceback.</summary>
/// <remarks>Python calls them with its lock held, from any of its threads. No .NET exception gets out.</remarks>
internal sealed unsafe class SessionFunctions
{
    private static SessionFunctions? instance;

    private readonly PythonApi api;
    private readonly PythonObjects objects;
    private readonly PythonInterrupts interrupts;
    private readonly PythonOutput output;
    private readonly InputReader input;
    private readonly PythonShields shields;
    private readonly AlarmClock alarm;

    public SessionFunctions(PythonRuntime runtime, PythonInterrupts interrupts, PythonOutput output, InputReader input, PythonShields shields)
    {
        api = runtime.Api;
        objects = runtime.Objects;
        this.interrupts = interrupts;
        this.output = output;
        this.input = input;
        this.shields = shields;
        alarm = new AlarmClock(interrupts);
        instance = this;
    }

    /// <summary>Puts the functions into a module.</summary>
    public void AddTo(nint module)
    {
        Add(module, "attend", &Attend);
        Add(module, "check", &Check);
        Add(module, "write_out", &WriteOut);
        Add(module, "write_err", &WriteErr);
        Add(module, "write_bytes", &WriteBytes);
        Add(module, "show", &Show);
        Add(module, "report", &Report);
        Add(module, "ask", &Ask);
        Add(module, "set_handlers", &SetHandlers);
        Add(module, "set_handler", &SetHandler);
        Add(module, "set_wakeup", &SetWakeup);
        Add(module, "set_jumps", &SetJumps);
        Add(module, "raise_signal", &RaiseSignal);
        Add(module, "set_alarm", &SetAlarm);
        Add(module, "unraisable", &Unraisable);
        Add(module, "begin_shield", &BeginShield);
        Add(module, "end_shield", &EndShield);
        Add(module, "current_run", &CurrentRun);
        Add(module, "enter_thread", &EnterThread);
        Add(module, "before_fork", &BeforeFork);
    }

    /// <summary>What comes back from .NET code as Python's error: the Python exception that passed through it, or a RuntimeError.</summary>
    public void SetError(Exception exception)
    {
        if (PythonException.Take(exception) is not 0 and var error)
        {
            objects.SetError(error);
        }
        else if (exception is not KeyboardInterruptException || interrupts.DispatchHere())
        {
            objects.SetError(exception is KeyboardInterruptException ? api.KeyboardInterrupt : api.RuntimeError, exception.Message);
        }
    }

    private void Add(nint module, string name, delegate* unmanaged[Cdecl]<nint, nint, nint> function)
    {
        // CPython keeps the definition for ever.
        var definition = (MethodDefinition*)NativeMemory.AllocZeroed((nuint)sizeof(MethodDefinition));
        definition->Name = Marshal.StringToCoTaskMemUTF8(name);
        definition->Function = (nint)function;
        definition->Flags = MethodDefinition.VarArgs;
        var made = api.PyCFunction_NewEx(definition, 0, 0);
        _ = api.PyObject_SetAttrString(module, (byte*)definition->Name, made);
        api.Py_DecRef(made);
    }

    private delegate nint Body(SessionFunctions functions, nint arguments);

    /// <summary>Calls with a .NET exception made Python's error.</summary>
    private static nint Run(nint arguments, Body body)
    {
        try
        {
            return body(instance!, arguments);
        }
        catch (Exception exception)
        {
            instance!.SetError(exception);
            return 0;
        }
    }

    private nint Nothing()
    {
        api.Py_IncRef(api.None);
        return api.None;
    }

    private int Number(nint arguments, int index) => (int)api.PyLong_AsLongLong(objects.Item(arguments, index));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Attend(nint self, nint arguments) =>
        Run(arguments, static (our, args) => our.interrupts.Dispatch(our.objects.Item(args, 1)) ? our.Nothing() : 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Check(nint self, nint arguments) =>
        Run(arguments, static (our, _) => our.interrupts.DispatchHere() ? our.Nothing() : 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint WriteOut(nint self, nint arguments) => Run(arguments, static (our, args) => our.Write(OutputStream.Stdout, args));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint WriteErr(nint self, nint arguments) => Run(arguments, static (our, args) => our.Write(OutputStream.Stderr, args));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint WriteBytes(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        our.output.WriteBytes((OutputStream)our.Number(args, 0), our.objects.ByteSpan(our.objects.Item(args, 1)));
        return our.Nothing();
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Show(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        our.output.Show(our.objects.Forms(our.objects.Item(args, 0)));
        return our.Nothing();
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Report(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        var message = our.objects.Item(args, 1);
        our.output.Report(our.api.PyFloat_AsDouble(our.objects.Item(args, 0)), message == our.api.None ? null : our.objects.ToText(message));
        return our.Nothing();
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Ask(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        var prompt = our.objects.ToText(our.objects.Item(args, 0));
        var password = our.api.PyObject_IsTrue(our.objects.Item(args, 1)) != 0;
        var typed = our.interrupts.WithoutLock(() => our.input.ReadLine(prompt, password));
        return typed is null ? our.Nothing() : our.objects.Text(typed);
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint SetHandler(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        var kind = (SignalKind)our.Number(args, 2);
        return our.interrupts.SetHandler(our.Number(args, 0), our.objects.Item(args, 1), kind) ? our.Nothing() : 0;
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint SetHandlers(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        our.interrupts.SetHandlers(our.objects.Item(args, 0));
        return our.Nothing();
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint SetWakeup(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        our.interrupts.SetWakeup(our.Number(args, 0));
        return our.Nothing();
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint SetJumps(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        our.interrupts.SetJumps(our.objects.ByteSpan(our.objects.Item(args, 0)));
        return our.Nothing();
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint RaiseSignal(nint self, nint arguments) =>
        Run(arguments, static (our, args) => our.interrupts.RaiseSignal(our.Number(args, 0)) ? our.Nothing() : 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint SetAlarm(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        var (left, interval) = our.alarm.Set(
            our.api.PyFloat_AsDouble(our.objects.Item(args, 0)), our.api.PyFloat_AsDouble(our.objects.Item(args, 1)));
        return our.objects.Tuple(our.api.PyFloat_FromDouble(left), our.api.PyFloat_FromDouble(interval));
    });

    /// <summary><c>sys.unraisablehook</c>. A C function, since an interrupt that is asked for again would come out in a Python one.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Unraisable(nint self, nint arguments) => Run(arguments, static (our, args) => our.interrupts.OnUnraisable(our.objects.Item(args, 0)));

    /// <summary>Both are checkpoints, as they are in .NET code.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint BeginShield(nint self, nint arguments) => Run(arguments, static (our, args) =>
        our.interrupts.DispatchHere() ? our.objects.Integer(our.shields.Begin(our.api.PyFloat_AsDouble(our.objects.Item(args, 0)), our.output.Run)) : 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint EndShield(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        our.shields.End(our.api.PyLong_AsLongLong(our.objects.Item(args, 0)));
        return our.interrupts.DispatchHere() ? our.Nothing() : 0;
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint CurrentRun(nint self, nint arguments) => Run(arguments, static (our, _) => our.objects.Integer(our.output.Run));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint EnterThread(nint self, nint arguments) => Run(arguments, static (our, args) =>
    {
        PythonOutput.EnterThread((uint)our.api.PyLong_AsLongLong(our.objects.Item(args, 0)));
        return our.Nothing();
    });

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint BeforeFork(nint self, nint arguments) => Run(arguments, static (our, _) =>
    {
        BudgetGuard.BeforeFork();
        return our.Nothing();
    });

    private nint Write(OutputStream stream, nint arguments)
    {
        var text = objects.Item(arguments, 0);
        if (text == 0)
        {
            return 0;
        }

        nint length;
        var utf8 = api.PyUnicode_AsUTF8AndSize(text, &length);
        if (utf8 is not null)
        {
            output.WriteText(stream, new ReadOnlySpan<byte>(utf8, checked((int)length)));
        }
        else if (api.PyObject_IsInstance(text, api.StringType) == 1)
        {
            var escaped = objects.Escaped(text);
            try
            {
                output.WriteText(stream, objects.ByteSpan(escaped));
            }
            finally
            {
                api.Py_DecRef(escaped);
            }
        }
        else
        {
            api.PyErr_Clear();
            var name = objects.Attribute(objects.TypeOf(text), "__name__"u8);
            objects.SetError(api.TypeError, $"write() argument must be str, not {objects.ToText(name)}");
            api.Py_DecRef(name);
            return 0;
        }

        return api.PyLong_FromLongLong(api.PyUnicode_GetLength(text));
    }
}
