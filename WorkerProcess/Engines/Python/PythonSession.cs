using ProcInterrupt.WorkerProcess.Budgets;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;
using ProcInterrupt.WorkerProcess.Engines.Python.Locating;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>CPython with its <c>__main__</c>, which lives from run to run. All calls come from the run thread.</summary>
internal sealed unsafe partial class PythonSession
{
    /// <summary>How often an interrupt may come while it is found out how the run ended.</summary>
    private const int MostTries = 8;

    private readonly PythonRuntime runtime;
    private readonly PythonApi api;
    private readonly PythonObjects objects;
    private readonly PythonInterrupts interrupts;
    private readonly DeliveryDesk desk;
    private readonly PythonOutput output;
    private readonly nint names;
    private readonly nint prepare;
    private readonly nint describe;
    private readonly nint finish;
    private readonly nint leaveChild;
    private readonly nint module;
    private readonly bool hasMemoryBudget;

    /// <summary>Initialises CPython on the calling thread, which is its main thread from now on.</summary>
    public PythonSession(PythonLibrary library, DeliveryDesk desk, OutputBuffer buffer, MessageSender sender, DescriptorCapture captured, InputReader input, IReadOnlyList<HostFunction> hostFunctions, long? memoryBytes)
    {
        this.desk = desk;
        runtime = PythonRuntime.Initialize(library, memoryBytes);
        hasMemoryBudget = memoryBytes is not null;
        api = runtime.Api;
        objects = runtime.Objects;
        interrupts = new PythonInterrupts(runtime, desk, out var stackDescriptor);
        output = new PythonOutput(buffer, sender, desk, captured, interrupts);
        var functions = new SessionFunctions(runtime, interrupts, output, input, new PythonShields(desk, interrupts));
        functions.AddTo(AddModule("_procinterrupt"));
        module = AddModule("_procinterrupt_session");
        interrupts.Attach(module);
        foreach (var file in SessionFiles)
        {
            Load(module, file);
        }

        if (Call("write_stacks_to"u8, objects.Integer(stackDescriptor)) is not 0 and var registered)
        {
            api.Py_DecRef(registered);
        }
        else
        {
            throw new InvalidOperationException($"faulthandler cannot be used: {DescribeError(objects.TakeError()).Message}");
        }

        var host = AddModule("procinterrupt.host");
        new HostCalls(runtime, interrupts, functions, desk).AddTo(host, hostFunctions);
        var package = AddModule("procinterrupt");
        Load(package, "procinterrupt.py");
        _ = objects.SetAttribute(package, "host"u8, host);
        prepare = objects.Attribute(module, "prepare"u8);
        describe = objects.Attribute(module, "describe"u8);
        finish = objects.Attribute(module, "finish"u8);
        leaveChild = objects.Attribute(module, "leave_child"u8);
        names = api.PyModule_GetDict(AddModule("__main__"));
        runtime.Release();
    }

    /// <summary>Executes a program to its end.</summary>
    public EngineResult Execute(EngineRequest request, RunScope run)
    {
        runtime.Acquire();
        try
        {
            return ExecuteLocked(request, run);
        }
        finally
        {
            runtime.Release();
        }
    }

    /// <summary>See <see cref="IEngine.IsComplete"/>.</summary>
    public CodeCompleteness IsComplete(string code) => Ask("is_complete"u8, code, answer => new CodeCompleteness(
        objects.ToText(objects.Item(answer, 0)) switch
        {
            "complete" => CodeStatus.Complete,
            "incomplete" => CodeStatus.Incomplete,
            _ => CodeStatus.Invalid,
        },
        objects.ToText(objects.Item(answer, 1)),
        objects.Item(answer, 2) == api.True));

    /// <summary>See <see cref="IEngine.Complete"/>.</summary>
    public Completions Complete(string code, int position) => Ask("complete"u8, code[..position], answer =>
    {
        var found = objects.Item(answer, 1);
        var matches = new string[api.PyTuple_Size(found)];
        for (var index = 0; index < matches.Length; index++)
        {
            matches[index] = objects.ToText(objects.Item(found, index));
        }

        return new Completions(position - objects.ToText(objects.Item(answer, 0)).Length, position, matches);
    });

    public void Reset()
    {
        runtime.Acquire();
        try
        {
            interrupts.ForgetUserTrace();
            CallDone("reset"u8);
        }
        finally
        {
            runtime.Release();
        }
    }

    private EngineResult ExecuteLocked(EngineRequest request, RunScope run)
    {
        if (!hasMemoryBudget)
        {
            return ExecuteProgram(request, run);
        }

        CallDone("remember_names"u8);
        var result = ExecuteProgram(request, run);
        run.RanOutOfMemory |= NativeHeap.HasRefused && result.Error is not null && (result.Error.Type == "MemoryError" || NativeHeap.IsFull);
        if (run.RanOutOfMemory)
        {
            CallDone("forget_new_names"u8);
        }

        PythonMemory.KeepReserve();
        return result;
    }

    private EngineResult ExecuteProgram(EngineRequest request, RunScope run)
    {
        var parts = objects.Call(
            prepare,
            objects.Text(request.Code),
            request.Path is null ? objects.Shared(api.None) : objects.Text(request.Path),
            objects.Integer(request.Run),
            objects.Integer(request.FirstLine));
        if (parts == 0)
        {
            NativeHeap.ReleaseReserve();
            return new EngineResult(Value: null, DescribeError(objects.TakeError()));
        }

        if (!desk.EnterForeign(run, interrupts))
        {
            api.Py_DecRef(parts);
            return new EngineResult(Value: null, Error: null); // interrupted before it began
        }

        interrupts.Stacks.Begin(request);
        interrupts.ResumeUserTrace();
        interrupts.Open(run);
        RunValue? value = null;
        RunError? error = null;
        var end = ForeignEnd.Returned;
        var exitCode = 0;
        var escaped = Evaluate(objects.Item(parts, 0), objects.Item(parts, 1), out var result);
        api.Py_DecRef(parts);
        NativeHeap.ReleaseReserve();
        LeaveForkedChild(escaped);
        interrupts.SuspendUserTrace();
        if (escaped == 0 && result != 0 && result != api.None)
        {
            escaped = Describe(result, out value);
        }

        if (escaped == 0)
        {
            escaped = Finish();
        }

        // What C code of the run's holds in its own streams is the run's.
        PosixThread.FlushStreams();
        output.GiveUpIncomplete();

        // This runs code of the user's and may be interrupted in its turn: what came out last counts.
        for (var tries = 0; escaped != 0 && tries < MostTries; tries++)
        {
            error = new RunError("Exception", "(cannot be described)", "");
            var inner = Judge(escaped, run, out end, out exitCode, ref error);
            Supersede(ref escaped, inner);
            if (inner == 0)
            {
                break;
            }
        }

        var insisted = interrupts.HasInsisted;
        var stillToRaise = interrupts.Close();
        interrupts.SuspendUserTrace();
        if ((stillToRaise || (insisted && escaped != 0)) && end == ForeignEnd.Returned)
        {
            end = ForeignEnd.Interrupted;
        }

        if (result != 0)
        {
            api.Py_DecRef(result);
        }

        if (escaped != 0)
        {
            api.Py_DecRef(escaped);
        }

        desk.LeaveForeign(run, end, exitCode);
        return end == ForeignEnd.Returned ? new EngineResult(error is null ? value : null, error) : new EngineResult(Value: null, Error: null);
    }

    /// <summary>Asks one of our functions about code, while no run is current.</summary>
    private T Ask<T>(ReadOnlySpan<byte> function, string code, Func<nint, T> read)
    {
        runtime.Acquire();
        try
        {
            var answer = Call(function, objects.Text(code));
            if (answer == 0)
            {
                throw new InvalidOperationException(DescribeError(objects.TakeError()).Message);
            }

            var result = read(answer);
            api.Py_DecRef(answer);
            return result;
        }
        finally
        {
            runtime.Release();
        }
    }

    /// <summary>Executes the statements, then the last expression.</summary>
    /// <returns>What escaped, or 0.</returns>
    private nint Evaluate(nint statements, nint expression, out nint result)
    {
        result = 0;
        if (statements != api.None)
        {
            var done = api.PyEval_EvalCode(statements, names, names);
            if (done == 0)
            {
                return objects.TakeError();
            }

            api.Py_DecRef(done);
        }

        if (expression != api.None)
        {
            result = api.PyEval_EvalCode(expression, names, names);
            if (result == 0)
            {
                return objects.TakeError();
            }
        }

        return 0;
    }

    private nint Call(ReadOnlySpan<byte> function, params ReadOnlySpan<nint> arguments)
    {
        var callable = objects.Attribute(module, function);
        var result = objects.Call(callable, arguments);
        api.Py_DecRef(callable);
        return result;
    }

    /// <summary>Calls one of our functions that gives nothing back.</summary>
    private void CallDone(ReadOnlySpan<byte> function)
    {
        var done = Call(function);
        if (done == 0)
        {
            throw new InvalidOperationException($"{System.Text.Encoding.UTF8.GetString(function)} failed: {DescribeError(objects.TakeError()).Message}");
        }

        api.Py_DecRef(done);
    }
}
