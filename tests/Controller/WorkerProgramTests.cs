using ProcInterrupt.Launch;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>Which worker program is taken, and which <c>dotnet</c> runs it.</summary>
public sealed class WorkerProgramTests : IDisposable
{
    private const string FileName = "ProcInterrupt.WorkerProcess.dll";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("procinterrupt-program-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_worker_beside_the_library_comes_before_the_one_beside_the_program()
    {
        Write("program/worker", FileName);
        Assert.Equal(PathOf("program/worker", FileName), Find(precompiled: true, "library", "program"));
        Write("library/worker", FileName);
        Assert.Equal(PathOf("library/worker", FileName), Find(precompiled: true, "library", "program"));
    }

    [Fact]
    public void A_library_in_its_package_finds_the_worker_there()
    {
        Write("tools/worker", FileName);
        Assert.Equal(PathOf("tools/worker", FileName), Find(precompiled: true, "lib/net10.0", "program"));
    }

    [Theory]
    [InlineData("lib/net10.0/worker")]
    [InlineData("tools/worker")]
    public void Where_precompiled_code_cannot_run_the_portable_worker_is_taken(string place)
    {
        Write(place, FileName);
        Assert.Equal(PathOf(place, FileName), Find(precompiled: false, "lib/net10.0"));
        Write($"{place}/portable", FileName);
        Assert.Equal(PathOf($"{place}/portable", FileName), Find(precompiled: false, "lib/net10.0"));
        Assert.Equal(PathOf(place, FileName), Find(precompiled: true, "lib/net10.0"));
    }

    [Fact]
    public void A_worker_that_is_nowhere_is_an_error_that_names_the_places_and_what_to_do()
    {
        var thrown = Assert.Throws<WorkerStartException>(() => Find(precompiled: true, "library", "program"));
        Assert.All(
            [PathOf("library", "worker"), PathOf("program", "worker"), FileName, "WorkerOptions.WorkerPath", "PROCINTERRUPT_WORKER"],
            text => Assert.Contains(text, thrown.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_dotnet_that_this_process_runs_on_is_taken()
    {
        Write("installed", "dotnet");
        Assert.Equal("/somewhere/dotnet", WorkerProgram.FindDotNet("/somewhere/dotnet", PathOf("self/contained/program", ""), NoVariable, [PathOf("installed", "")]));
        Write("root", "dotnet");
        Assert.Equal(
            PathOf("root", "dotnet"),
            WorkerProgram.FindDotNet("/program", PathOf("root/shared/Microsoft.NETCore.App/10.0.0", ""), NoVariable, [PathOf("installed", "")]));
    }

    [Fact]
    public void A_self_contained_program_takes_an_installed_dotnet()
    {
        string? Find(string? root, string? path) => WorkerProgram.FindDotNet(
            "/program",
            PathOf("self/contained/program/", ""),
            name => name switch { "DOTNET_ROOT" => root, "PATH" => path, _ => null },
            [PathOf("installed", "")]);

        var thrown = Assert.Throws<WorkerStartException>(() => Find(null, null));
        Assert.Contains("DOTNET_ROOT", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(PathOf("installed", ""), thrown.Message, StringComparison.Ordinal);

        Write("installed", "dotnet");
        Assert.Equal(PathOf("installed", "dotnet"), Find(null, null));
        Write("path", "dotnet");
        var path = $"{PathOf("nothing", "")}::{PathOf("path", "")}";
        Assert.Equal(PathOf("path", "dotnet"), Find(null, path));
        Write("root", "dotnet");
        Assert.Equal(PathOf("root", "dotnet"), Find(PathOf("root", ""), path));
    }

    private static string? NoVariable(string name) => null;

    private string Find(bool precompiled, params string[] places) =>
        WorkerProgram.FindBeside(places.Select(place => Path.Combine(folder.FullName, place)), precompiled).Path;

    private string PathOf(string place, string name) => Path.Combine(folder.FullName, place, name);

    private void Write(string place, string name)
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, place));
        File.WriteAllText(PathOf(place, name), "");
    }
}
