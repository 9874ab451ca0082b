namespace ProcInterrupt.WorkerProcess.Engines.Python.Locating;

/// <summary>
/// Lists the CPythons to try, best first: the library that was named, a virtual environment, the <c>python3</c> on
/// <c>PATH</c>, the loader's cache.
/// </summary>
/// <remarks>
/// By file names, since starting an interpreter to ask it takes 20 to 150 ms of every worker's start; only where the
/// names do not tell is it asked, through <c>sysconfig</c>.
/// </remarks>
internal sealed class PythonLocator(LocatingEnvironment environment)
{
    /// <summary>The oldest and the newest minor version that is looked for in the loader's cache.</summary>
    private const int OldestMinor = 9;
    private const int NewestMinor = 19;

    /// <summary>The locations to try in order. What was named by a variable stands alone: another would not be what was asked for.</summary>
    public IEnumerable<PythonLocation> Candidates()
    {
        var venv = environment.NonEmpty(LocatingEnvironment.VenvVariable);
        if (environment.NonEmpty(LocatingEnvironment.LibraryVariable) is { } library)
        {
            yield return new PythonLocation(library, (venv ?? environment.NonEmpty(LocatingEnvironment.ActiveVenvVariable)) is { } named ? ExecutableFor(named, library, isOptional: venv is null) : null);
            yield break;
        }

        if (venv is not null)
        {
            foreach (var location in OfExecutable(InVenv(venv)))
            {
                yield return location;
            }

            yield break;
        }

        string?[] executables = [environment.NonEmpty(LocatingEnvironment.ActiveVenvVariable) is { } active ? InVenv(active) : null, OnPath()];
        foreach (var location in executables.OfType<string>().Distinct().SelectMany(OfExecutable))
        {
            yield return location;
        }

        for (var minor = NewestMinor; minor >= OldestMinor; minor--)
        {
            yield return new PythonLocation($"libpython3.{minor}.so.1.0", Executable: null);
        }
    }

    /// <summary>The <c>python3</c> on <c>PATH</c>, behind a version manager's shim where there is one.</summary>
    private string? OnPath()
    {
        foreach (var folder in (environment.NonEmpty("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(environment.WorkingDirectory, folder, "python3");
            if (!File.Exists(path))
            {
                continue;
            }

            var root = Path.GetDirectoryName(Path.GetDirectoryName(path)) ?? "/";
            if (Path.GetFileName(Path.GetDirectoryName(path)) != "shims" || !Directory.Exists(Path.Combine(root, "versions")))
            {
                return path;
            }

            // pyenv: a script that takes 100 ms to find out this. "system" means the rest of PATH.
            if (PyenvVersions(root).Select(version => Path.Combine(root, "versions", version, "bin", "python3")).FirstOrDefault(File.Exists) is { } chosen)
            {
                return chosen;
            }
        }

        return null;
    }

    private IEnumerable<string> PyenvVersions(string root)
    {
        var text = environment.NonEmpty("PYENV_VERSION");
        for (var folder = environment.WorkingDirectory; text is null && folder is not null; folder = Path.GetDirectoryName(folder))
        {
            text = ReadIfThere(Path.Combine(folder, ".python-version"));
        }

        text ??= ReadIfThere(Path.Combine(root, "version")) ?? "system";
        return text.Split([':', '\n', '\r', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Where(static version => !version.StartsWith('#'));
    }

    private static string? ReadIfThere(string path) => File.Exists(path) ? File.ReadAllText(path) : null;

    private string InVenv(string venv) => Path.Combine(environment.WorkingDirectory, venv, "bin", "python3");

    /// <summary>The libraries of an interpreter.</summary>
    private static IEnumerable<PythonLocation> OfExecutable(string executable)
    {
        var found = false;
        var real = BaseOf(executable);
        if (VersionIn(Path.GetFileName(real)) is { } version)
        {
            var name = $"libpython{version}.so.1.0";
            var prefix = Path.GetDirectoryName(Path.GetDirectoryName(real)) ?? "/";
            string[] folders = [Path.Combine(prefix, "lib"), Path.Combine(prefix, "lib64"), Path.Combine(prefix, "lib", MultiarchFolder)];
            foreach (var path in folders.Select(folder => Path.Combine(folder, name)).Where(File.Exists))
            {
                found = true;
                yield return new PythonLocation(path, executable);
            }
        }

        if (!found && File.Exists(executable) && SysconfigQuestion.Ask(executable) is { } answered)
        {
            yield return new PythonLocation(answered, executable);
        }
    }

    /// <summary>The interpreter behind links and behind a virtual environment that holds a copy.</summary>
    private static string BaseOf(string executable)
    {
        var home = HomeOf(executable);
        var real = Resolve(executable);
        var name = Path.GetFileName(real);
        return home is not null && Path.GetDirectoryName(real) != home && File.Exists(Path.Combine(home, name)) ? Resolve(Path.Combine(home, name)) : real;
    }

    /// <summary>Where the interpreter that a virtual environment was made with is; <see langword="null"/> outside one.</summary>
    private static string? HomeOf(string executable) => VenvSetting(Path.GetDirectoryName(Path.GetDirectoryName(executable)) ?? "/", "home");

    private static string? VenvSetting(string venv, string key)
    {
        var settings = Path.Combine(venv, "pyvenv.cfg");
        return !File.Exists(settings)
            ? null
            : File.ReadLines(settings).Select(static line => line.Split('=', 2, StringSplitOptions.TrimEntries)).FirstOrDefault(pair => pair.Length == 2 && pair[0] == key)?[1];
    }

    private static string Resolve(string path) => !File.Exists(path) ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    /// <summary>The virtual environment's interpreter for a library that was named; one that is merely active is left out when it is of another version.</summary>
    private string? ExecutableFor(string venv, string library, bool isOptional)
    {
        var executable = InVenv(venv);
        if (!isOptional)
        {
            return executable;
        }

        var version = VenvSetting(Path.Combine(environment.WorkingDirectory, venv), "version") ?? VenvSetting(Path.Combine(environment.WorkingDirectory, venv), "version_info");
        var wanted = VersionIn(Path.GetFileName(Resolve(library)));
        return wanted is not null && $"{version}.".StartsWith($"{wanted}.", StringComparison.Ordinal) ? executable : null;
    }

    private static string MultiarchFolder => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64
        ? "aarch64-linux-gnu"
        : "x86_64-linux-gnu";

    /// <summary>The <c>3.11</c> in <c>libpython3.11.so.1.0</c> and <c>python3.11</c>.</summary>
    private static string? VersionIn(string name)
    {
        const string before = "python3.";
        var start = name.IndexOf(before, StringComparison.Ordinal);
        var digits = start < 0 ? "" : string.Concat(name.Skip(start + before.Length).TakeWhile(char.IsAsciiDigit));
        return digits.Length > 0 ? $"3.{digits}" : null;
    }
}
