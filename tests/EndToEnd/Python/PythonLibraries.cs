using ProcInterrupt.WorkerProcess.Engines.Python.Locating;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd.Python;

/// <summary>The CPythons of this machine: the one that <c>PROCINTERRUPT_LIBPYTHON</c> names, or the distribution's and all of pyenv's.</summary>
internal static class PythonLibraries
{
    public static IReadOnlyList<string> All { get; } = Find();

    /// <summary>The first of them, for tests that do not depend on the version.</summary>
    public static string Default => All[0];

    public static TheoryData<string> Data => new(All);

    private static List<string> Find()
    {
        if (Environment.GetEnvironmentVariable(LocatingEnvironment.LibraryVariable) is { Length: > 0 } named)
        {
            return [named];
        }

        var root = Environment.GetEnvironmentVariable("PYENV_ROOT") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv");
        var versions = Path.Combine(root, "versions");
        IEnumerable<string> ofPyenv = Directory.Exists(versions) ? Directory.EnumerateDirectories(versions).Select(version => Path.Combine(version, "lib")).Order() : [];
        string[] folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/local/lib", .. ofPyenv];
        var found = folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "libpython3.*.so.1.0"))
            .Where(file => int.Parse(Path.GetFileName(file).Split('.')[1].TrimEnd('m')) >= 9)
            .ToList();
        return found.Count > 0 ? found : throw new InvalidOperationException("These tests need a libpython3.9 or later; ./test.sh installs it on Debian.");
    }
}
