using System.Runtime.InteropServices;
using ProcInterrupt.WorkerProcess.Engines.Python.Native;

namespace ProcInterrupt.WorkerProcess.Engines.Python.Locating;

/// <summary>A CPython library that is loaded and can be initialised.</summary>
/// <param name="Handle">The loader's.</param>
/// <param name="Version">Such as <c>3.11.2</c>.</param>
/// <param name="Minor">The 11 in it.</param>
/// <param name="Executable">What <c>sys.executable</c> will be.</param>
internal sealed record PythonLibrary(nint Handle, string Version, int Minor, string Executable)
{
    private const string Remedy = "Install one (Debian: apt-get install libpython3.11; pyenv: a build with --enable-shared), or name it in "
        + LocatingEnvironment.LibraryVariable + ".";

    private const int OldestMinor = 9;

    /// <summary>Loads the best CPython there is. Loading does not initialise it, and takes a millisecond or two.</summary>
    /// <param name="environment">Where to look.</param>
    /// <param name="unavailable">Why there is none and what to install, when the answer is <see langword="null"/>.</param>
    public static PythonLibrary? Load(LocatingEnvironment environment, out string? unavailable)
    {
        string? firstFault = null;
        foreach (var candidate in new PythonLocator(environment).Candidates())
        {
            if (Load(candidate, out var fault) is { } library)
            {
                unavailable = null;
                return library;
            }

            // Names in the loader's cache are guesses: that one is missing says nothing.
            firstFault ??= candidate.Library.Contains('/') || environment.NonEmpty(LocatingEnvironment.LibraryVariable) is not null ? fault : null;
        }

        unavailable = $"{firstFault ?? "no libpython was found: none named, none of a python3 on PATH, none in the loader's cache."} CPython 3.{OldestMinor} or later is needed, as a shared library. {Remedy}";
        return null;
    }

    private static PythonLibrary? Load(PythonLocation location, out string? fault)
    {
        var handle = Loader.Open(location.Library);
        if (handle == 0)
        {
            fault = $"{location.Library} cannot be loaded ({Loader.LastError}).";
            return null;
        }

        var library = Examine(handle, location, out fault);
        if (library is null)
        {
            Loader.Close(handle);
        }

        return library;
    }

    private static unsafe PythonLibrary? Examine(nint handle, PythonLocation location, out string? fault)
    {
        fault = null;
        if (!NativeLibrary.TryGetExport(handle, "Py_GetVersion", out var getVersion))
        {
            fault = $"{location.Library} is not a libpython.";
            return null;
        }

        var text = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)getVersion)()) ?? "";
        var version = text.Split(' ')[0];
        var parts = version.Split('.');
        if (parts.Length < 2 || parts[0] != "3" || !int.TryParse(parts[1], out var minor) || minor < OldestMinor)
        {
            fault = $"{location.Library} is CPython {version}, which is too old.";
            return null;
        }

        var file = Loader.FileOf(getVersion) ?? location.Library;
        var executable = location.Executable ?? ExecutableBeside(file, minor);
        if (executable is null)
        {
            fault = $"{file} is there, but its standard library (lib/python3.{minor}) is not; on Debian it is the package libpython3.{minor}-stdlib.";
            return null;
        }

        return new PythonLibrary(handle, version, minor, executable);
    }

    /// <summary>The interpreter of the installation that a library belongs to; it need not be there, CPython goes by its place.</summary>
    private static string? ExecutableBeside(string library, int minor)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(library));
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "lib", $"python3.{minor}", "os.py")))
            {
                // "/lib" may be a link to "/usr/lib".
                return Path.Combine(folder == "/" && Directory.Exists($"/usr/lib/python3.{minor}") ? "/usr" : folder, "bin", $"python3.{minor}");
            }
        }

        return null;
    }
}
