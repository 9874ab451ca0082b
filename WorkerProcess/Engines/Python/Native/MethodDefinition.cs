using System.Runtime.InteropServices;

namespace ProcInterrupt.WorkerProcess.Engines.Python.Native;

/// <summary><c>PyMethodDef</c>: a C function as Python sees it. CPython keeps the pointer, so it is never freed.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MethodDefinition
{
    /// <summary>METH_VARARGS: the arguments come as one tuple.</summary>
    public const int VarArgs = 1;

    /// <summary>METH_KEYWORDS: named arguments come as a dictionary, which may be null.</summary>
    public const int Keywords = 2;

    public nint Name;
    public nint Function;
    public int Flags;
    public nint Documentation;
}
