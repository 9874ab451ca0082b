using System.Text;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>Python's plain values as .NET's.</summary>
internal static unsafe class PythonValues
{
    /// <summary>The value itself, of exactly these types: bool, int within 64 bits, float, str, bytes; otherwise <see langword="null"/>.</summary>
    public static object? Typed(PythonApi api, PythonObjects objects, nint value)
    {
        var type = objects.TypeOf(value);
        if (value == api.True || value == api.False)
        {
            return value == api.True;
        }

        if (type == api.FloatType)
        {
            return api.PyFloat_AsDouble(value);
        }

        if (type == api.BytesType)
        {
            return objects.ByteSpan(value).ToArray();
        }

        if (type == api.IntType)
        {
            var number = api.PyLong_AsLongLong(value);
            if (number != -1 || api.PyErr_Occurred() == 0)
            {
                return number;
            }

            api.PyErr_Clear();
            return null;
        }

        if (type == api.StringType)
        {
            nint length;
            var utf8 = api.PyUnicode_AsUTF8AndSize(value, &length);
            if (utf8 is not null)
            {
                return Encoding.UTF8.GetString(utf8, checked((int)length));
            }

            // Lone surrogates: the text says what it is.
            api.PyErr_Clear();
        }

        return null;
    }
}
