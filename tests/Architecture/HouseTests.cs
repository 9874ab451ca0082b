using System.Text.RegularExpressions;
using System.Xml.Linq;
using ProcInterrupt.Tests.Support;
using Xunit;

namespace ProcInterrupt.Tests.Architecture;

/// <summary>Who may know whom.</summary>
public sealed class HouseTests
{
    [Fact]
    public void Shared_references_no_project() => Assert.Empty(References("Shared/ProcInterrupt.Shared.csproj", linked: false));

    [Fact]
    public void The_worker_references_Shared_only() =>
        Assert.Equal(["ProcInterrupt.Shared"], References("WorkerProcess/ProcInterrupt.WorkerProcess.csproj", linked: false));

    [Fact]
    public void The_controller_is_linked_to_Shared_only() =>
        Assert.Equal(["ProcInterrupt.Shared"], References("Controller/ProcInterrupt.Controller.csproj", linked: true));

    [Fact]
    public void Hosts_are_linked_to_the_controller_only() => Assert.All(
        Directory.EnumerateFiles(Repository.PathOf("Controller", "Hosts"), "*.csproj", SearchOption.AllDirectories),
        project => Assert.Equal(["ProcInterrupt.Controller"], References(project, linked: true)));

    [Fact]
    public void The_built_assemblies_keep_to_it()
    {
        var worker = typeof(global::ProcInterrupt.WorkerProcess.Checkpoints.WovenCode).Assembly.GetReferencedAssemblies().Select(name => name.Name);
        var controller = typeof(Worker).Assembly.GetReferencedAssemblies().Select(name => name.Name);
        Assert.DoesNotContain("ProcInterrupt.Controller", worker);
        Assert.DoesNotContain("ProcInterrupt.WorkerProcess", controller);
    }

    [Fact]
    public void Hosts_own_no_process() => Assert.All(
        Sources("Controller/Hosts"),
        file => Assert.DoesNotMatch(@"Process\.Start|new Process\b|ProcessStartInfo", File.ReadAllText(file)));

    [Fact]
    public void Engines_never_reference_one_another()
    {
        var engines = Directory.GetDirectories(Repository.PathOf("WorkerProcess", "Engines")).Select(Path.GetFileName).ToList();
        Assert.NotEmpty(engines);
        Assert.All(engines, engine => Assert.All(
            Sources($"WorkerProcess/Engines/{engine}"),
            file => Assert.All(
                engines.Where(other => other != engine),
                other => Assert.DoesNotMatch($@"Engines\.{Regex.Escape(other!)}\b", File.ReadAllText(file)))));
    }

    [Fact]
    public void Nothing_is_skipped_or_left_to_do() => Assert.All(
        new[] { "Shared", "Controller", "WorkerProcess", "tests", "bench", "samples" }.SelectMany(Sources).Where(file => Path.GetFileName(file) != "HouseTests.cs"),
        file => Assert.DoesNotMatch(@"Skip\s*=|NotImplementedException|TODO|FIXME|catch(\s*\((System\.)?Exception\))?\s*\{\s*\}", WithoutLiterals(File.ReadAllText(file))));

    private static string WithoutLiterals(string source) => Regex.Replace(source, "\"\"\"(.|\n)*?\"\"\"|\"(\\\\.|[^\"\\\\\n])*\"", "\"\"");

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Repository.PathOf(folder.Split('/')), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Regex.IsMatch(file, @"[/\\](bin|obj)[/\\]"));

    private static List<string> References(string project, bool linked) =>
        [.. XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("ProjectReference")
            .Where(reference => !linked || (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))
            .Order()];
}
