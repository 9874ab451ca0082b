using System.Text;

namespace ProcInterrupt.WorkerProcess.Engines.Python.Native;

/// <summary>Values across the border. The interpreter lock is held by the caller; references that are returned are new.</summary>
internal sealed unsafe class PythonObjects(PythonApi api)
{
    /// <summary>A string; lone surrogates, which UTF-8 has not, become U+FFFD.</summary>
    public nint Text(ReadOnlySpan<char> text)
    {
        const int onStack = 1024;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = most <= onStack ? stackalloc byte[onStack] : new byte[most];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        fixed (byte* start = bytes)
        {
            return Checked(api.PyUnicode_FromStringAndSize(start, length));
        }
    }

    public nint Integer(long value) => Checked(api.PyLong_FromLongLong(value));

    public nint Bytes(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return Checked(api.PyBytes_FromStringAndSize(start, bytes.Length));
        }
    }

    /// <summary>The same object with one more reference.</summary>
    public nint Shared(nint value)
    {
        api.Py_IncRef(value);
        return value;
    }

    /// <summary>A tuple that takes the references over.</summary>
    public nint Tuple(params ReadOnlySpan<nint> items)
    {
        var tuple = Checked(api.PyTuple_New(items.Length));
        for (var index = 0; index < items.Length; index++)
        {
            _ = api.PyTuple_SetItem(tuple, index, items[index]);
        }

        return tuple;
    }

    /// <summary>Calls with arguments whose references it takes over.</summary>
    /// <returns>The result, or 0 with Python's error set.</returns>
    public nint Call(nint callable, params ReadOnlySpan<nint> arguments)
    {
        var tuple = Tuple(arguments);
        var result = api.PyObject_Call(callable, tuple, 0);
        api.Py_DecRef(tuple);
        return result;
    }

    /// <returns>The attribute, or 0 with Python's error set.</returns>
    public nint Attribute(nint target, ReadOnlySpan<byte> name)
    {
        fixed (byte* text = name)
        {
            return api.PyObject_GetAttrString(target, text);
        }
    }

    /// <returns>False with Python's error set.</returns>
    public bool SetAttribute(nint target, ReadOnlySpan<byte> name, nint value)
    {
        fixed (byte* text = name)
        {
            return api.PyObject_SetAttrString(target, text, value) == 0;
        }
    }

    /// <summary>A Python string in .NET; what UTF-8 cannot hold is escaped, as Python itself shows it.</summary>
    public string ToText(nint text)
    {
        nint length;
        var bytes = api.PyUnicode_AsUTF8AndSize(text, &length);
        if (bytes is not null)
        {
            return Encoding.UTF8.GetString(bytes, checked((int)length));
        }

        var encoded = Escaped(text);
        try
        {
            return Encoding.UTF8.GetString(ByteSpan(encoded));
        }
        finally
        {
            api.Py_DecRef(encoded);
        }
    }

    /// <summary>A string as UTF-8 in a <c>bytes</c>, with backslash escapes for lone surrogates.</summary>
    public nint Escaped(nint text)
    {
        api.PyErr_Clear();
        fixed (byte* encoding = "utf-8"u8)
        fixed (byte* errors = "backslashreplace"u8)
        {
            return Checked(api.PyUnicode_AsEncodedString(text, encoding, errors));
        }
    }

    /// <summary>The content of a <c>bytes</c>, as long as that lives.</summary>
    public ReadOnlySpan<byte> ByteSpan(nint bytes)
    {
        byte* start;
        nint length;
        return api.PyBytes_AsStringAndSize(bytes, &start, &length) == 0
            ? new ReadOnlySpan<byte>(start, checked((int)length))
            : throw new InvalidOperationException("Not a bytes object.");
    }

    /// <summary>An object's type; borrowed, and alive as long as the object is of it.</summary>
    public nint TypeOf(nint value)
    {
        var type = api.PyObject_Type(value);
        api.Py_DecRef(type);
        return type;
    }

    /// <summary>An item of a tuple; borrowed.</summary>
    public nint Item(nint tuple, int index) => api.PyTuple_GetItem(tuple, index);

    /// <summary>A tuple of pairs of MIME type and text.</summary>
    public Dictionary<string, string> Forms(nint pairs)
    {
        var forms = new Dictionary<string, string>();
        var count = Math.Min(api.PyTuple_Size(pairs), Messages.ProtocolConstants.MaxMimeTypes);
        for (var index = 0; index < count; index++)
        {
            var pair = Item(pairs, index);
            forms[ToText(Item(pair, 0))] = ToText(Item(pair, 1));
        }

        return forms;
    }

    /// <summary>Takes the error that is set: an exception with its traceback attached, as a new reference; 0 when none is.</summary>
    public nint TakeError()
    {
        nint type;
        nint value;
        nint traceback;
        api.PyErr_Fetch(&type, &value, &traceback);
        if (type == 0)
        {
            return 0;
        }

        api.PyErr_NormalizeException(&type, &value, &traceback);
        if (traceback != 0)
        {
            _ = api.PyException_SetTraceback(value, traceback);
            api.Py_DecRef(traceback);
        }

        api.Py_DecRef(type);
        return value;
    }

    /// <summary>Sets an exception as Python's error, traceback and all; takes the reference over. One without a context gets the exception being handled.</summary>
    public void SetError(nint exception)
    {
        var type = Attribute(exception, "__class__"u8);
        if (api.PyException_GetContext(exception) is var context && context == 0)
        {
            api.PyErr_SetObject(type, exception);
            api.Py_DecRef(type);
            api.Py_DecRef(exception);
            return;
        }

        api.Py_DecRef(context);
        api.PyErr_Restore(type, exception, api.PyException_GetTraceback(exception));
    }

    /// <summary>Sets an error with a message.</summary>
    public void SetError(nint type, string message)
    {
        var text = Text(message);
        api.PyErr_SetObject(type, text);
        api.Py_DecRef(text);
    }

    /// <summary>Memory is used up, or the interpreter is broken: nothing that user code can be told.</summary>
    private nint Checked(nint made)
    {
        if (made == 0)
        {
            api.PyErr_Clear();
            throw new InvalidOperationException("Python could not make an object.");
        }

        return made;
    }
}
