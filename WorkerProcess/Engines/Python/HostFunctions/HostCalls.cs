using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;

/// <summary>The module <c>procinterrupt.host</c>: each host function is a C function that calls the method without Python's lock.</summary>
internal sealed unsafe class HostCalls
{
    private static HostCalls? instance;

    private readonly PythonApi api;
    private readonly PythonObjects objects;
    private readonly PythonInterrupts interrupts;
    private readonly SessionFunctions session;
    private readonly DeliveryDesk desk;
    private readonly HostValues values;
    private readonly List<HostFunction> offered = [];

    public HostCalls(PythonRuntime runtime, PythonInterrupts interrupts, SessionFunctions session, DeliveryDesk desk)
    {
        api = runtime.Api;
        objects = runtime.Objects;
        this.interrupts = interrupts;
        this.session = session;
        this.desk = desk;
        values = new HostValues(runtime, interrupts, () => desk.Current?.Number ?? 0);
        instance = this;
    }

    /// <summary>Puts the functions into a module.</summary>
    public void AddTo(nint module, IEnumerable<HostFunction> functions)
    {
        foreach (var function in functions)
        {
            var index = objects.Integer(offered.Count);
            offered.Add(function);
            var definition = (MethodDefinition*)NativeMemory.AllocZeroed((nuint)sizeof(MethodDefinition));
            definition->Name = Marshal.StringToCoTaskMemUTF8(function.Name);
            definition->Function = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint>)&Call;
            definition->Flags = MethodDefinition.VarArgs | MethodDefinition.Keywords;
            var made = api.PyCFunction_NewEx(definition, index, 0);
            _ = api.PyObject_SetAttrString(module, (byte*)definition->Name, made);
            api.Py_DecRef(made);
            api.Py_DecRef(index);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Call(nint self, nint arguments, nint keywords)
    {
        try
        {
            var our = instance!;
            return our.Call(our.offered[(int)our.api.PyLong_AsLongLong(self)], arguments, keywords);
        }
        catch (Exception exception)
        {
            instance!.SetError(exception);
            return 0;
        }
    }

    private nint Call(HostFunction function, nint arguments, nint keywords)
    {
        values.Release();
        var prepared = Bind(function, arguments, keywords);
        var result = interrupts.InDotNet(() =>
        {
            var returned = function.Method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, prepared, null);
            return returned is Task task ? Await(task) : returned;
        });
        return values.ToPython(result);
    }

    /// <summary>Waits for a task so that an interrupt wakes.</summary>
    private object? Await(Task task)
    {
        task.ConfigureAwait(ConfigureAwaitOptions.None).GetAwaiter().UnsafeOnCompleted(desk.Pulse);
        desk.WaitUntil(() => task.IsCompleted, Timeout.InfiniteTimeSpan);
        task.GetAwaiter().GetResult();
        return task.GetType().GetProperty(nameof(Task<object>.Result)) is { } result && result.PropertyType.Name != "VoidTaskResult" ? result.GetValue(task) : null;
    }

    private object?[] Bind(HostFunction function, nint arguments, nint keywords)
    {
        var given = (int)api.PyTuple_Size(arguments);
        var named = new Dictionary<string, nint>();
        nint position = 0;
        nint name;
        nint value;
        while (keywords != 0 && api.PyDict_Next(keywords, &position, &name, &value) != 0)
        {
            named[objects.ToText(name)] = value;
        }

        var bound = new object?[function.Parameters.Length];
        var next = 0;
        for (var index = 0; index < bound.Length; index++)
        {
            var parameter = function.Parameters[index];
            var called = HostFunction.SnakeCase(parameter.Name ?? "");
            if (parameter.ParameterType == typeof(CancellationToken))
            {
                bound[index] = Interrupt.Token;
            }
            else if (next < given)
            {
                bound[index] = Convert(function, called, objects.Item(arguments, next++), parameter.ParameterType);
            }
            else if (named.Remove(called, out var byName))
            {
                bound[index] = Convert(function, called, byName, parameter.ParameterType);
            }
            else
            {
                bound[index] = parameter.HasDefaultValue
                    ? parameter.DefaultValue
                    : throw new InvalidCastException($"{function.Name}() misses its argument '{called}'");
            }
        }

        return next == given && named.Count == 0
            ? bound
            : throw new InvalidCastException(named.Count > 0 ? $"{function.Name}() has no argument '{named.Keys.First()}' left" : $"{function.Name}() takes {next} arguments, and {given} were given");
    }

    private object? Convert(HostFunction function, string parameter, nint value, Type type)
    {
        try
        {
            return values.ToDotNet(value, type);
        }
        catch (Exception exception) when (exception is InvalidCastException or OverflowException)
        {
            throw new InvalidCastException($"{function.Name}() argument '{parameter}': {exception.Message}", exception);
        }
    }

    private void SetError(Exception exception)
    {
        if (exception is OperationCanceledException and not KeyboardInterruptException && !interrupts.DispatchHere())
        {
            return; // the run's token was cancelled, for an interrupt that has been raised now
        }

        if (exception is RunExitException exit)
        {
            objects.SetError(objects.Call(api.SystemExit, objects.Integer(exit.ExitCode)));
        }
        else if (exception is InvalidCastException)
        {
            objects.SetError(api.TypeError, exception.Message);
        }
        else
        {
            session.SetError(exception);
        }
    }
}
