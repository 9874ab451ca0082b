using ProcInterrupt.WorkerProcess.Engines.Python.HostFunctions;
using ProcInterrupt.WorkerProcess.Engines.Python.Locating;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.Python;

/// <summary>Where CPython is looked for, in installations made of empty files.</summary>
public sealed class PythonLocatorTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
    private readonly Dictionary<string, string> variables = [];

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_library_that_is_named_stands_alone()
    {
        variables["PROCINTERRUPT_LIBPYTHON"] = "/opt/libpython3.12.so.1.0";
        variables["PATH"] = Path.GetDirectoryName(Install("usr", "3.11"))!;
        Assert.Equal([new PythonLocation("/opt/libpython3.12.so.1.0", null)], Candidates());
    }

    [Fact]
    public void The_python3_on_PATH_comes_before_the_loaders_cache()
    {
        var python = Install("usr", "3.11");
        variables["PATH"] = $"{Path.Combine(folder.FullName, "nothing")}:{Path.GetDirectoryName(python)}";
        var candidates = Candidates();
        Assert.Equal(new PythonLocation(InFolder("usr/lib/libpython3.11.so.1.0"), python), candidates[0]);
        Assert.Contains(new PythonLocation("libpython3.9.so.1.0", null), candidates[1..]);
        Assert.DoesNotContain(candidates, candidate => candidate.Library.Contains("3.8", StringComparison.Ordinal));
    }

    [Fact]
    public void A_virtual_environment_keeps_its_interpreter_and_takes_its_bases_library()
    {
        var python = Install("usr", "3.12");
        var venv = InFolder("venv/bin");
        Directory.CreateDirectory(venv);
        File.CreateSymbolicLink(Path.Combine(venv, "python3"), python);
        File.WriteAllText(InFolder("venv/pyvenv.cfg"), $"home = {Path.GetDirectoryName(python)}\nversion = 3.12.1\n");
        variables["PROCINTERRUPT_PYTHON_VENV"] = InFolder("venv");
        Assert.Equal([new PythonLocation(InFolder("usr/lib/libpython3.12.so.1.0"), Path.Combine(venv, "python3"))], Candidates());

        // An active one counts as well, before PATH.
        variables["VIRTUAL_ENV"] = InFolder("venv");
        variables.Remove("PROCINTERRUPT_PYTHON_VENV");
        Assert.Equal(Path.Combine(venv, "python3"), Candidates()[0].Executable);

        // With a library that is named, only if it is of the same version.
        variables["PROCINTERRUPT_LIBPYTHON"] = "/opt/libpython3.12.so.1.0";
        Assert.Equal(Path.Combine(venv, "python3"), Assert.Single(Candidates()).Executable);
        variables["PROCINTERRUPT_LIBPYTHON"] = "/opt/libpython3.1.so.1.0";
        Assert.Null(Assert.Single(Candidates()).Executable);
    }

    [Fact]
    public void A_copied_interpreter_in_a_virtual_environment_leads_to_its_home()
    {
        var python = Install("usr", "3.12");
        Directory.CreateDirectory(InFolder("venv/bin"));
        File.WriteAllText(InFolder("venv/bin/python3"), "");
        File.WriteAllText(InFolder("venv/pyvenv.cfg"), $"home = {Path.GetDirectoryName(python)}\n");
        variables["PROCINTERRUPT_PYTHON_VENV"] = InFolder("venv");
        Assert.Equal([new PythonLocation(InFolder("usr/lib/libpython3.12.so.1.0"), InFolder("venv/bin/python3"))], Candidates());
    }

    [Theory]
    [InlineData("3.12.1\n", null, null, "3.12.1")]
    [InlineData("3.12.1\n", "3.11.7\n", null, "3.11.7")]
    [InlineData("3.12.1\n", "3.11.7\n", "3.12.1", "3.12.1")]
    [InlineData("none\n3.11.7\n", null, null, "3.11.7")]
    public void A_version_managers_shim_is_seen_through(string global, string? local, string? variable, string expected)
    {
        foreach (var version in new[] { "3.11.7", "3.12.1" })
        {
            Install($"pyenv/versions/{version}", version[..4]);
        }

        Directory.CreateDirectory(InFolder("pyenv/shims"));
        File.WriteAllText(InFolder("pyenv/shims/python3"), "#!/bin/sh\n");
        File.WriteAllText(InFolder("pyenv/version"), global);
        variables["PATH"] = InFolder("pyenv/shims");
        if (local is not null)
        {
            File.WriteAllText(InFolder(".python-version"), local);
        }

        if (variable is not null)
        {
            variables["PYENV_VERSION"] = variable;
        }

        Assert.Equal(InFolder($"pyenv/versions/{expected}/lib/libpython{expected[..4]}.so.1.0"), Candidates()[0].Library);
    }

    [Fact]
    public void An_interpreter_whose_names_do_not_tell_is_asked()
    {
        var python = InFolder("python3");
        File.WriteAllText(python, "#!/bin/sh\necho /from/sysconfig/libpython3.13.so.1.0\n");
        File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        variables["PATH"] = folder.FullName;
        Assert.Equal(new PythonLocation("/from/sysconfig/libpython3.13.so.1.0", python), Candidates()[0]);
    }

    [Theory]
    [InlineData(null, "cannot be loaded")]
    [InlineData("3.8.18 (a stand-in)", "is CPython 3.8.18, which is too old")]
    [InlineData("2.7.18 (a stand-in)", "is CPython 2.7.18, which is too old")]
    [InlineData("3.29.1 (a stand-in)", "its standard library (lib/python3.29) is not")]
    public async Task A_library_that_is_missing_too_old_or_without_its_modules_is_refused_with_the_remedy(string? version, string fault)
    {
        var library = variables["PROCINTERRUPT_LIBPYTHON"] = InFolder("libpython3.11.so.1.0");
        if (version is not null)
        {
            File.WriteAllText(InFolder("stand_in.c"), $"const char *Py_GetVersion(void) {{ return \"{version}\"; }}\n");
            using var compiler = System.Diagnostics.Process.Start("gcc", ["-shared", "-o", library, InFolder("stand_in.c")]);
            await compiler.WaitForExitAsync();
            Assert.Equal(0, compiler.ExitCode);
        }

        Assert.Null(PythonLibrary.Load(OfTest(), out var unavailable));
        Assert.Contains(fault, unavailable, StringComparison.Ordinal);
        Assert.Contains("apt-get install libpython3.11", unavailable, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BlockingSleep", "blocking_sleep")]
    [InlineData("ReadHTMLPage", "read_html_page")]
    [InlineData("add", "add")]
    [InlineData("Already_Split", "already_split")]
    public void Names_of_host_functions_are_Pythons(string name, string expected) => Assert.Equal(expected, HostFunction.SnakeCase(name));

    private List<PythonLocation> Candidates() => [.. new PythonLocator(OfTest()).Candidates()];

    private LocatingEnvironment OfTest() => new(name => variables.GetValueOrDefault(name), folder.FullName);

    private string InFolder(string path) => Path.Combine(folder.FullName, path);

    /// <returns>The interpreter, behind the link that python3 is.</returns>
    private string Install(string prefix, string version)
    {
        var bin = Directory.CreateDirectory(InFolder($"{prefix}/bin")).FullName;
        var library = Directory.CreateDirectory(InFolder($"{prefix}/lib")).FullName;
        File.WriteAllText(Path.Combine(bin, $"python{version}"), "");
        File.CreateSymbolicLink(Path.Combine(bin, "python3"), $"python{version}");
        File.WriteAllText(Path.Combine(library, $"libpython{version}.so.1.0"), "");
        return Path.Combine(bin, "python3");
    }
}
