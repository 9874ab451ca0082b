using System.Reflection;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <content>Our modules, and executing our files in them.</content>
internal sealed unsafe partial class PythonSession
{
    /// <summary>Py_file_input.</summary>
    private const int FileInput = 257;

    /// <summary>Executed in this order in one module; the last one sets up the session.</summary>
    private static readonly string[] SessionFiles =
        ["streams.py", "signals.py", "interrupts.py", "threads.py", "errors.py", "values.py", "runs.py", "questions.py", "session.py"];

    /// <returns>The module, new if it is not there; borrowed for ever.</returns>
    private nint AddModule(string name)
    {
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(name + "\0"))
        {
            return api.PyImport_AddModule(text);
        }
    }

    /// <summary>Executes one of our files in a module.</summary>
    private void Load(nint target, string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Python.{file}")!;
        var source = new byte[stream.Length + 1];
        stream.ReadExactly(source, 0, (int)stream.Length);
        var dictionary = api.PyModule_GetDict(target);
        nint code;
        fixed (byte* text = source)
        fixed (byte* name = "<procinterrupt>"u8)
        fixed (byte* builtins = "__builtins__"u8)
        fixed (byte* builtinsModule = "builtins"u8)
        {
            _ = api.PyDict_SetItemString(dictionary, builtins, api.PyImport_AddModule(builtinsModule));
            code = api.Py_CompileString(text, name, FileInput);
        }

        var done = code == 0 ? 0 : api.PyEval_EvalCode(code, dictionary, dictionary);
        if (done == 0)
        {
            var error = objects.TakeError();
            throw new InvalidOperationException($"{file} does not load into CPython {runtime.Library.Version}: {objects.ToText(api.PyObject_Str(error))}");
        }

        api.Py_DecRef(code);
        api.Py_DecRef(done);
    }
}
