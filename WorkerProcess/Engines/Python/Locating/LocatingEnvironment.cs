namespace ProcInterrupt.WorkerProcess.Engines.Python.Locating;

/// <summary>What the search for CPython looks at, apart from files.</summary>
/// <param name="Variable">Reads an environment variable; <see langword="null"/> for one that is unset.</param>
/// <param name="WorkingDirectory">Where the worker runs.</param>
internal sealed record LocatingEnvironment(Func<string, string?> Variable, string WorkingDirectory)
{
    /// <summary>The library itself.</summary>
    public const string LibraryVariable = "PROCINTERRUPT_LIBPYTHON";

    /// <summary>The virtual environment to use.</summary>
    public const string VenvVariable = "PROCINTERRUPT_PYTHON_VENV";

    /// <summary>What an activated virtual environment sets.</summary>
    public const string ActiveVenvVariable = "VIRTUAL_ENV";

    public static LocatingEnvironment OfProcess => new(Environment.GetEnvironmentVariable, Environment.CurrentDirectory);

    public string? NonEmpty(string name) => Variable(name) is { Length: > 0 } value ? value : null;
}
