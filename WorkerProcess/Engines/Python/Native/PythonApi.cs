using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Engines.Python.Native;

/// <summary>CPython's C API as far as it is used: exported by every libpython from 3.9 on. Named as in its documentation.</summary>
/// <remarks>
/// All are called with the interpreter lock (GIL) held, but for the first few. "New" and "borrowed" references are as
/// CPython documents them. All are part of the stable ABI but <c>PyEval_SetTrace</c>, which every libpython exports.
/// </remarks>
internal sealed unsafe class PythonApi
{
    public readonly delegate* unmanaged<int, void> Py_InitializeEx;
    public readonly delegate* unmanaged<nint> PyEval_SaveThread;
    public readonly delegate* unmanaged<nint, void> PyEval_RestoreThread;
    public readonly delegate* unmanaged<int> PyGILState_Ensure;
    public readonly delegate* unmanaged<int, void> PyGILState_Release;
    public readonly delegate* unmanaged<nint, nint, nint, nint> PyEval_EvalCode;
    public readonly delegate* unmanaged<nint, nint, void> PyEval_SetTrace;
    public readonly delegate* unmanaged<nint> PyErr_Occurred;
    public readonly delegate* unmanaged<void> PyErr_Clear;
    public readonly delegate* unmanaged<nint*, nint*, nint*, void> PyErr_Fetch;
    public readonly delegate* unmanaged<nint, nint, nint, void> PyErr_Restore;
    public readonly delegate* unmanaged<nint*, nint*, nint*, void> PyErr_NormalizeException;
    public readonly delegate* unmanaged<nint, nint, void> PyErr_SetObject;
    public readonly delegate* unmanaged<nint, byte*, void> PyErr_SetString;
    public readonly delegate* unmanaged<nint, nint, int> PyErr_GivenExceptionMatches;
    public readonly delegate* unmanaged<int> PyErr_CheckSignals;
    public readonly delegate* unmanaged<nint, nint, int> PyException_SetTraceback;
    public readonly delegate* unmanaged<nint, nint> PyException_GetTraceback;
    public readonly delegate* unmanaged<nint, nint> PyException_GetContext;
    public readonly delegate* unmanaged<byte*, nint> PyImport_AddModule;
    public readonly delegate* unmanaged<byte*, nint> PySys_GetObject;
    public readonly delegate* unmanaged<byte*, nint, int> PySys_SetObject;
    public readonly delegate* unmanaged<nint, nint> PyModule_GetDict;
    public readonly delegate* unmanaged<nint, byte*, nint, int> PyDict_SetItemString;
    public readonly delegate* unmanaged<nint, byte*, nint> PyDict_GetItemString;
    public readonly delegate* unmanaged<nint, byte*, nint> PyObject_GetAttrString;
    public readonly delegate* unmanaged<nint, byte*, nint, int> PyObject_SetAttrString;
    public readonly delegate* unmanaged<nint, nint, nint, nint> PyObject_Call;
    public readonly delegate* unmanaged<nint, nint, nint> PyObject_CallObject;
    public readonly delegate* unmanaged<nint, nint> PyObject_Str;
    public readonly delegate* unmanaged<nint, nint> PyObject_Type;
    public readonly delegate* unmanaged<nint, int> PyObject_IsTrue;
    public readonly delegate* unmanaged<nint, nint, int> PyObject_IsInstance;
    public readonly delegate* unmanaged<nint, nint> PyTuple_New;
    public readonly delegate* unmanaged<nint, nint, nint, int> PyTuple_SetItem;
    public readonly delegate* unmanaged<nint, nint, nint> PyTuple_GetItem;
    public readonly delegate* unmanaged<nint, nint> PyTuple_Size;
    public readonly delegate* unmanaged<nint, nint, nint> PyList_GetItem;
    public readonly delegate* unmanaged<nint, nint, nint, int> PyList_SetItem;
    public readonly delegate* unmanaged<byte*, nint, nint> PyUnicode_FromStringAndSize;
    public readonly delegate* unmanaged<nint, nint> PyUnicode_GetLength;
    public readonly delegate* unmanaged<nint, nint*, byte*> PyUnicode_AsUTF8AndSize;
    public readonly delegate* unmanaged<nint, byte*, byte*, nint> PyUnicode_AsEncodedString;
    public readonly delegate* unmanaged<nint, byte**, nint*, int> PyBytes_AsStringAndSize;
    public readonly delegate* unmanaged<byte*, nint, nint> PyBytes_FromStringAndSize;
    public readonly delegate* unmanaged<long, nint> PyLong_FromLongLong;
    public readonly delegate* unmanaged<nint, long> PyLong_AsLongLong;
    public readonly delegate* unmanaged<double, nint> PyFloat_FromDouble;
    public readonly delegate* unmanaged<nint, double> PyFloat_AsDouble;
    public readonly delegate* unmanaged<nint, nint> PyBool_FromLong;
    public readonly delegate* unmanaged<MethodDefinition*, nint, nint, nint> PyCFunction_NewEx;
    public readonly delegate* unmanaged<nint, byte*, nint, nint> PyCapsule_New;
    public readonly delegate* unmanaged<nint, byte*, nint> PyCapsule_GetPointer;
    public readonly delegate* unmanaged<nint, nint> PyFrame_GetCode;
    public readonly delegate* unmanaged<nint, int> PyCallable_Check;
    public readonly delegate* unmanaged<nint, nint> PySequence_Tuple;
    public readonly delegate* unmanaged<nint, nint> PyList_New;
    public readonly delegate* unmanaged<nint, nint, int> PyList_Append;
    public readonly delegate* unmanaged<nint> PyDict_New;
    public readonly delegate* unmanaged<nint, nint, nint, int> PyDict_SetItem;
    public readonly delegate* unmanaged<nint, nint*, nint*, nint*, int> PyDict_Next;
    public readonly delegate* unmanaged<byte*, byte*, int, nint> Py_CompileString;
    public readonly delegate* unmanaged<nint, void> Py_IncRef;
    public readonly delegate* unmanaged<nint, void> Py_DecRef;

    /// <summary>Borrowed for ever.</summary>
    public readonly nint None;
    public readonly nint True;
    public readonly nint False;
    public readonly nint StringType;
    public readonly nint BytesType;
    public readonly nint IntType;
    public readonly nint FloatType;
    public readonly nint ListType;
    public readonly nint TupleType;
    public readonly nint DictType;
    public readonly nint KeyboardInterrupt;
    public readonly nint SystemExit;
    public readonly nint RuntimeError;
    public readonly nint ValueError;
    public readonly nint TypeError;

    private readonly nint library;

    /// <param name="library">The loader's handle.</param>
    /// <exception cref="EntryPointNotFoundException">It is not a CPython as we know it.</exception>
    public PythonApi(nint library)
    {
        this.library = library;
        Py_InitializeEx = (delegate* unmanaged<int, void>)Export(nameof(Py_InitializeEx));
        PyEval_SaveThread = (delegate* unmanaged<nint>)Export(nameof(PyEval_SaveThread));
        PyEval_RestoreThread = (delegate* unmanaged<nint, void>)Export(nameof(PyEval_RestoreThread));
        PyGILState_Ensure = (delegate* unmanaged<int>)Export(nameof(PyGILState_Ensure));
        PyGILState_Release = (delegate* unmanaged<int, void>)Export(nameof(PyGILState_Release));
        PyEval_EvalCode = (delegate* unmanaged<nint, nint, nint, nint>)Export(nameof(PyEval_EvalCode));
        PyEval_SetTrace = (delegate* unmanaged<nint, nint, void>)Export(nameof(PyEval_SetTrace));
        PyErr_Occurred = (delegate* unmanaged<nint>)Export(nameof(PyErr_Occurred));
        PyErr_Clear = (delegate* unmanaged<void>)Export(nameof(PyErr_Clear));
        PyErr_Fetch = (delegate* unmanaged<nint*, nint*, nint*, void>)Export(nameof(PyErr_Fetch));
        PyErr_Restore = (delegate* unmanaged<nint, nint, nint, void>)Export(nameof(PyErr_Restore));
        PyErr_NormalizeException = (delegate* unmanaged<nint*, nint*, nint*, void>)Export(nameof(PyErr_NormalizeException));
        PyErr_SetObject = (delegate* unmanaged<nint, nint, void>)Export(nameof(PyErr_SetObject));
        PyErr_SetString = (delegate* unmanaged<nint, byte*, void>)Export(nameof(PyErr_SetString));
        PyErr_GivenExceptionMatches = (delegate* unmanaged<nint, nint, int>)Export(nameof(PyErr_GivenExceptionMatches));
        PyErr_CheckSignals = (delegate* unmanaged<int>)Export(nameof(PyErr_CheckSignals));
        PyException_GetContext = (delegate* unmanaged<nint, nint>)Export(nameof(PyException_GetContext));
        PyException_SetTraceback = (delegate* unmanaged<nint, nint, int>)Export(nameof(PyException_SetTraceback));
        PyException_GetTraceback = (delegate* unmanaged<nint, nint>)Export(nameof(PyException_GetTraceback));
        PyImport_AddModule = (delegate* unmanaged<byte*, nint>)Export(nameof(PyImport_AddModule));
        PySys_GetObject = (delegate* unmanaged<byte*, nint>)Export(nameof(PySys_GetObject));
        PySys_SetObject = (delegate* unmanaged<byte*, nint, int>)Export(nameof(PySys_SetObject));
        PyModule_GetDict = (delegate* unmanaged<nint, nint>)Export(nameof(PyModule_GetDict));
        PyDict_SetItemString = (delegate* unmanaged<nint, byte*, nint, int>)Export(nameof(PyDict_SetItemString));
        PyDict_GetItemString = (delegate* unmanaged<nint, byte*, nint>)Export(nameof(PyDict_GetItemString));
        PyObject_GetAttrString = (delegate* unmanaged<nint, byte*, nint>)Export(nameof(PyObject_GetAttrString));
        PyObject_SetAttrString = (delegate* unmanaged<nint, byte*, nint, int>)Export(nameof(PyObject_SetAttrString));
        PyObject_Call = (delegate* unmanaged<nint, nint, nint, nint>)Export(nameof(PyObject_Call));
        PyObject_CallObject = (delegate* unmanaged<nint, nint, nint>)Export(nameof(PyObject_CallObject));
        PyObject_Str = (delegate* unmanaged<nint, nint>)Export(nameof(PyObject_Str));
        PyObject_Type = (delegate* unmanaged<nint, nint>)Export(nameof(PyObject_Type));
        PyObject_IsTrue = (delegate* unmanaged<nint, int>)Export(nameof(PyObject_IsTrue));
        PyObject_IsInstance = (delegate* unmanaged<nint, nint, int>)Export(nameof(PyObject_IsInstance));
        PyTuple_New = (delegate* unmanaged<nint, nint>)Export(nameof(PyTuple_New));
        PyTuple_SetItem = (delegate* unmanaged<nint, nint, nint, int>)Export(nameof(PyTuple_SetItem));
        PyTuple_GetItem = (delegate* unmanaged<nint, nint, nint>)Export(nameof(PyTuple_GetItem));
        PyTuple_Size = (delegate* unmanaged<nint, nint>)Export(nameof(PyTuple_Size));
        PyList_GetItem = (delegate* unmanaged<nint, nint, nint>)Export(nameof(PyList_GetItem));
        PyList_SetItem = (delegate* unmanaged<nint, nint, nint, int>)Export(nameof(PyList_SetItem));
        PyUnicode_FromStringAndSize = (delegate* unmanaged<byte*, nint, nint>)Export(nameof(PyUnicode_FromStringAndSize));
        PyUnicode_GetLength = (delegate* unmanaged<nint, nint>)Export(nameof(PyUnicode_GetLength));
        PyUnicode_AsUTF8AndSize = (delegate* unmanaged<nint, nint*, byte*>)Export(nameof(PyUnicode_AsUTF8AndSize));
        PyUnicode_AsEncodedString = (delegate* unmanaged<nint, byte*, byte*, nint>)Export(nameof(PyUnicode_AsEncodedString));
        PyBytes_AsStringAndSize = (delegate* unmanaged<nint, byte**, nint*, int>)Export(nameof(PyBytes_AsStringAndSize));
        PyBytes_FromStringAndSize = (delegate* unmanaged<byte*, nint, nint>)Export(nameof(PyBytes_FromStringAndSize));
        PyLong_FromLongLong = (delegate* unmanaged<long, nint>)Export(nameof(PyLong_FromLongLong));
        PyLong_AsLongLong = (delegate* unmanaged<nint, long>)Export(nameof(PyLong_AsLongLong));
        PyFloat_FromDouble = (delegate* unmanaged<double, nint>)Export(nameof(PyFloat_FromDouble));
        PyFloat_AsDouble = (delegate* unmanaged<nint, double>)Export(nameof(PyFloat_AsDouble));
        PyBool_FromLong = (delegate* unmanaged<nint, nint>)Export(nameof(PyBool_FromLong));
        PyCFunction_NewEx = (delegate* unmanaged<MethodDefinition*, nint, nint, nint>)Export(nameof(PyCFunction_NewEx));
        PyCapsule_New = (delegate* unmanaged<nint, byte*, nint, nint>)Export(nameof(PyCapsule_New));
        PyCapsule_GetPointer = (delegate* unmanaged<nint, byte*, nint>)Export(nameof(PyCapsule_GetPointer));
        PyFrame_GetCode = (delegate* unmanaged<nint, nint>)Export(nameof(PyFrame_GetCode));
        PyCallable_Check = (delegate* unmanaged<nint, int>)Export(nameof(PyCallable_Check));
        PySequence_Tuple = (delegate* unmanaged<nint, nint>)Export(nameof(PySequence_Tuple));
        PyList_New = (delegate* unmanaged<nint, nint>)Export(nameof(PyList_New));
        PyList_Append = (delegate* unmanaged<nint, nint, int>)Export(nameof(PyList_Append));
        PyDict_New = (delegate* unmanaged<nint>)Export(nameof(PyDict_New));
        PyDict_SetItem = (delegate* unmanaged<nint, nint, nint, int>)Export(nameof(PyDict_SetItem));
        PyDict_Next = (delegate* unmanaged<nint, nint*, nint*, nint*, int>)Export(nameof(PyDict_Next));
        Py_CompileString = (delegate* unmanaged<byte*, byte*, int, nint>)Export(nameof(Py_CompileString));
        Py_IncRef = (delegate* unmanaged<nint, void>)Export(nameof(Py_IncRef));
        Py_DecRef = (delegate* unmanaged<nint, void>)Export(nameof(Py_DecRef));
        None = Export("_Py_NoneStruct");
        True = Export("_Py_TrueStruct");
        False = Export("_Py_FalseStruct");
        StringType = Export("PyUnicode_Type");
        BytesType = Export("PyBytes_Type");
        IntType = Export("PyLong_Type");
        FloatType = Export("PyFloat_Type");
        ListType = Export("PyList_Type");
        TupleType = Export("PyTuple_Type");
        DictType = Export("PyDict_Type");
        KeyboardInterrupt = *(nint*)Export("PyExc_KeyboardInterrupt");
        SystemExit = *(nint*)Export("PyExc_SystemExit");
        RuntimeError = *(nint*)Export("PyExc_RuntimeError");
        ValueError = *(nint*)Export("PyExc_ValueError");
        TypeError = *(nint*)Export("PyExc_TypeError");
    }

    /// <summary>A function or variable that not every version has; 0 where it is missing.</summary>
    public nint Optional(string name) => NativeLibrary.TryGetExport(library, name, out var address) ? address : 0;

    private nint Export(string name) => NativeLibrary.GetExport(library, name);
}
