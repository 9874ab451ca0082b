namespace ProcInterrupt.WorkerProcess.Engines.Python.Locating;

/// <summary>A CPython that can be loaded.</summary>
/// <param name="Library">What the loader is asked for: a path, or a name in its cache.</param>
/// <param name="Executable">
/// The interpreter that <c>sys.executable</c> will be, from which CPython finds its library and its virtual environment;
/// <see langword="null"/> to derive it from the library's place.
/// </param>
internal sealed record PythonLocation(string Library, string? Executable);
