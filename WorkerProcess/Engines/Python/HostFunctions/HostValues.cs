using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Linq.Expressions;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;

/// <summary>Arguments and results of host functions, and Python callables as delegates. Called with Python's lock held.</summary>
internal sealed unsafe class HostValues(PythonRuntime runtime, PythonInterrupts interrupts, Func<uint> run)
{
    private readonly PythonApi api = runtime.Api;
    private readonly PythonObjects objects = runtime.Objects;
    private readonly ConcurrentQueue<nint> released = new();
    private readonly ConcurrentDictionary<Type, Func<PythonReference, Delegate>> delegates = new();

    /// <summary>Lets go of what .NET code holds no more.</summary>
    public void Release()
    {
        while (released.TryDequeue(out var value))
        {
            api.Py_DecRef(value);
        }
    }

    /// <summary>A Python value as a parameter's type.</summary>
    /// <exception cref="InvalidCastException">It is none; the message is for the caller.</exception>
    public object? ToDotNet(nint value, Type target)
    {
        var inner = Nullable.GetUnderlyingType(target) ?? target;
        if (value == api.None)
        {
            return !target.IsValueType || inner != target ? null : throw Mismatch(value, target);
        }

        if (typeof(Delegate).IsAssignableFrom(inner) && api.PyCallable_Check(value) != 0)
        {
            return delegates.GetOrAdd(inner, DelegateMaker)(new PythonReference(objects.Shared(value), released));
        }

        var plain = PythonValues.Typed(api, objects, value);
        if (inner == typeof(object) && plain is not null)
        {
            return plain;
        }

        if (plain is not null && inner.IsInstanceOfType(plain))
        {
            return plain;
        }

        switch (plain)
        {
            case long number when inner == typeof(TimeSpan):
                return TimeSpan.FromSeconds(number);
            case double seconds when inner == typeof(TimeSpan):
                return TimeSpan.FromSeconds(seconds);
            case long number when IsNumber(inner):
                return Convert.ChangeType(number, inner, CultureInfo.InvariantCulture);
            case double number when inner == typeof(float) || inner == typeof(decimal):
                return Convert.ChangeType(number, inner, CultureInfo.InvariantCulture);
            case null when IsSequence(value):
                return Sequence(value, inner, target);
            case null when api.PyObject_IsInstance(value, api.DictType) == 1:
                return Dictionary(value, inner, target);
            default:
                throw Mismatch(value, target);
        }
    }

    /// <summary>A .NET value as a new Python object.</summary>
    /// <exception cref="InvalidCastException">There is no form for its type.</exception>
    public nint ToPython(object? value)
    {
        switch (value)
        {
            case null:
                return objects.Shared(api.None);
            case bool truth:
                return objects.Shared(truth ? api.True : api.False);
            case string text:
                return objects.Text(text);
            case char character:
                return objects.Text([character]);
            case byte[] bytes:
                return objects.Bytes(bytes);
            case float or double or decimal:
                return api.PyFloat_FromDouble(Convert.ToDouble(value, CultureInfo.InvariantCulture));
            case ulong and > long.MaxValue:
                throw new InvalidCastException($"{value} is too large a number for Python code.");
            case sbyte or byte or short or ushort or int or uint or long or ulong or Enum:
                return objects.Integer(Convert.ToInt64(value, CultureInfo.InvariantCulture));
            case TimeSpan time:
                return api.PyFloat_FromDouble(time.TotalSeconds);
            case IDictionary dictionary:
                return FromDictionary(dictionary);
            case IEnumerable items:
                return FromSequence(items);
            default:
                throw new InvalidCastException($"A {value.GetType()} has no form in Python.");
        }
    }

    private static bool IsNumber(Type type) =>
        type.IsPrimitive ? type != typeof(bool) && type != typeof(char) && type != typeof(nint) && type != typeof(nuint) : type == typeof(decimal);

    private InvalidCastException Mismatch(nint value, Type target) => new($"{TypeName(value)} where {target} is due");

    private string TypeName(nint value)
    {
        var name = objects.Attribute(objects.TypeOf(value), "__name__"u8);
        var text = objects.ToText(name);
        api.Py_DecRef(name);
        return text;
    }

    private bool IsSequence(nint value) => api.PyObject_IsInstance(value, api.ListType) == 1 || api.PyObject_IsInstance(value, api.TupleType) == 1;

    private object Sequence(nint value, Type inner, Type target)
    {
        var element = inner == typeof(object) ? typeof(object)
            : inner.IsArray ? inner.GetElementType()!
            : inner.IsGenericType && inner.GetGenericArguments() is [var only] && inner.IsAssignableFrom(typeof(List<>).MakeGenericType(only)) ? only
            : throw Mismatch(value, target);
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        var tuple = api.PySequence_Tuple(value);
        try
        {
            for (var index = 0; index < api.PyTuple_Size(tuple); index++)
            {
                list.Add(ToDotNet(objects.Item(tuple, index), element));
            }
        }
        finally
        {
            api.Py_DecRef(tuple);
        }

        if (inner != typeof(object) && !inner.IsArray)
        {
            return list;
        }

        var array = Array.CreateInstance(element, list.Count);
        list.CopyTo(array, 0);
        return array;
    }

    private object Dictionary(nint value, Type inner, Type target)
    {
        var held = inner == typeof(object) ? typeof(object)
            : inner.IsGenericType && inner.GetGenericArguments() is [var key, var item] && key == typeof(string)
                && inner.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(key, item)) ? item
            : throw Mismatch(value, target);
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), held))!;
        nint position = 0;
        nint name;
        nint content;
        while (api.PyDict_Next(value, &position, &name, &content) != 0)
        {
            dictionary[(string)ToDotNet(name, typeof(string))!] = ToDotNet(content, held);
        }

        return dictionary;
    }

    private nint FromSequence(IEnumerable items)
    {
        var list = api.PyList_New(0);
        try
        {
            foreach (var item in items)
            {
                var made = ToPython(item);
                _ = api.PyList_Append(list, made);
                api.Py_DecRef(made);
            }
        }
        catch
        {
            api.Py_DecRef(list);
            throw;
        }

        return list;
    }

    private nint FromDictionary(IDictionary dictionary)
    {
        var made = api.PyDict_New();
        try
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                var key = ToPython(entry.Key);
                var value = ToPython(entry.Value);
                _ = api.PyDict_SetItem(made, key, value);
                api.Py_DecRef(key);
                api.Py_DecRef(value);
            }
        }
        catch
        {
            api.Py_DecRef(made);
            throw;
        }

        return made;
    }

    /// <summary>A compiled maker of delegates of one type, each of which calls a Python callable.</summary>
    private Func<PythonReference, Delegate> DelegateMaker(Type type)
    {
        var signature = type.GetMethod("Invoke")!;
        var callable = Expression.Parameter(typeof(PythonReference));
        var parameters = signature.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType)).ToArray();
        var arguments = Expression.NewArrayInit(typeof(object), parameters.Select(parameter => Expression.Convert(parameter, typeof(object))));
        Expression call = Expression.Call(
            Expression.Constant(this), nameof(CallPython), null, callable, arguments, Expression.Constant(signature.ReturnType));
        if (signature.ReturnType != typeof(void))
        {
            call = Expression.Convert(call, signature.ReturnType);
        }

        return Expression.Lambda<Func<PythonReference, Delegate>>(Expression.Convert(Expression.Lambda(type, call, parameters), typeof(Delegate)), callable).Compile();
    }

    /// <summary>Calls a Python callable from .NET code, on whichever thread; what it raises comes out as an exception.</summary>
    private object? CallPython(PythonReference callable, object?[] arguments, Type result) => interrupts.WithLock(() =>
    {
        var made = new nint[arguments.Length];
        for (var index = 0; index < made.Length; index++)
        {
            made[index] = ToPython(arguments[index]);
        }

        var value = objects.Call(callable.Value, made);
        GC.KeepAlive(callable);
        if (value == 0)
        {
            var error = objects.TakeError();
            throw PythonException.Of(error, interrupts.IsInterrupt(error), run());
        }

        try
        {
            return result == typeof(void) ? null : ToDotNet(value, result);
        }
        finally
        {
            api.Py_DecRef(value);
        }
    });
}
