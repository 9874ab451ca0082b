using System.Runtime.InteropServices;
using System.Text;
using ProcInterrupt.WorkerProcess.Engines.Python.Locating;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>CPython in this process: initialised by the run thread, which is its main thread, and never finalised.</summary>
internal sealed unsafe class PythonRuntime
{
    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    private nint threadState;

    private PythonRuntime(PythonLibrary library)
    {
        Library = library;
        Api = new PythonApi(library.Handle);
        Objects = new PythonObjects(Api);
    }

    public PythonLibrary Library { get; }

    public PythonApi Api { get; }

    public PythonObjects Objects { get; }

    /// <summary>Initialises CPython on the calling thread, which holds its lock afterwards.</summary>
    /// <remarks>
    /// Not isolated: the environment's PYTHON* variables, the user's site-packages and a virtual environment count as they do
    /// for <c>python3</c>. No signal handlers of Python's own: the process's signals are .NET's.
    /// </remarks>
    /// <param name="library">The library.</param>
    /// <param name="memoryBytes">What its heap may hold, or <see langword="null"/>.</param>
    /// <exception cref="InvalidOperationException">CPython says why not.</exception>
    public static PythonRuntime Initialize(PythonLibrary library, long? memoryBytes)
    {
        var runtime = new PythonRuntime(library);
        if (memoryBytes is { } budget)
        {
            PythonMemory.Limit(runtime.Api, budget);
        }

        if (runtime.Api.Optional("PyInitConfig_Create") != 0)
        {
            runtime.InitializeByConfig();
        }
        else
        {
            runtime.InitializeByProgramName();
        }

        return runtime;
    }

    /// <summary>The calling thread, Python's main thread, takes the lock.</summary>
    public void Acquire() => Api.PyEval_RestoreThread(threadState);

    /// <summary>Other threads of Python may run.</summary>
    public void Release() => threadState = Api.PyEval_SaveThread();

    /// <summary>Python's UTF-8 mode, as <c>python3</c> itself turns it on in the C locale.</summary>
    private static bool IsCLocale =>
        LocaleVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(static value => !string.IsNullOrEmpty(value)) is null or "C" or "POSIX";

    /// <summary>Up to 3.13. The structure of <c>PyConfig</c> differs from version to version; these do not.</summary>
    private void InitializeByProgramName()
    {
        if (IsCLocale && Api.Optional("Py_UTF8Mode") is not 0 and var mode)
        {
            *(int*)mode = 1;
        }

        // wchar_t is 32 bits here. CPython keeps the pointer.
        var name = Encoding.UTF32.GetBytes(Library.Executable + "\0");
        var kept = NativeMemory.Alloc((nuint)name.Length);
        name.CopyTo(new Span<byte>(kept, name.Length));
        ((delegate* unmanaged<void*, void>)Api.Optional("Py_SetProgramName"))(kept);
        Api.Py_InitializeEx(0);
    }

    /// <summary>From 3.14 on.</summary>
    private void InitializeByConfig()
    {
        var config = ((delegate* unmanaged<nint>)Api.Optional("PyInitConfig_Create"))();
        Set("program_name"u8, Library.Executable);
        SetNumber("install_signal_handlers"u8, 0);
        SetNumber("parse_argv"u8, 0);
        SetNumber("isolated"u8, 0);
        SetNumber("use_environment"u8, 1);
        SetNumber("user_site_directory"u8, 1);
        if (IsCLocale)
        {
            SetNumber("utf8_mode"u8, 1);
        }

        var initialized = ((delegate* unmanaged<nint, int>)Api.Optional("Py_InitializeFromInitConfig"))(config);
        byte* message;
        if (initialized < 0)
        {
            _ = ((delegate* unmanaged<nint, byte**, int>)Api.Optional("PyInitConfig_GetError"))(config, &message);
            throw new InvalidOperationException($"CPython {Library.Version} could not be initialised: {Marshal.PtrToStringUTF8((nint)message)}");
        }

        ((delegate* unmanaged<nint, void>)Api.Optional("PyInitConfig_Free"))(config);

        void Set(ReadOnlySpan<byte> key, string value)
        {
            fixed (byte* name = key)
            fixed (byte* text = Encoding.UTF8.GetBytes(value + "\0"))
            {
                _ = ((delegate* unmanaged<nint, byte*, byte*, int>)Api.Optional("PyInitConfig_SetStr"))(config, name, text);
            }
        }

        void SetNumber(ReadOnlySpan<byte> key, long value)
        {
            fixed (byte* name = key)
            {
                _ = ((delegate* unmanaged<nint, byte*, long, int>)Api.Optional("PyInitConfig_SetInt"))(config, name, value);
            }
        }
    }
}
