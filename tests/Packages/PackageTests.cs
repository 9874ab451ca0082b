using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using ProcInterrupt.Tests.Samples;
using ProcInterrupt.Tests.Support;
using Xunit;

namespace ProcInterrupt.Tests.Packages;

/// <summary>What <c>dotnet pack</c> makes, used as somebody else would: outside the solution, from a folder of packages.</summary>
[Collection(PackagesCollection.Name)]
public sealed class PackageTests : IAsyncLifetime
{
    private const string Library = "ProcInterrupt";
    private const string Tool = "ProcInterrupt.Tool";
    private const string LibraryWorker = "tools/worker/";
    private const string ToolFolder = "tools/net10.0/any/";
    private const string ToolWorker = $"{ToolFolder}worker/";
    private const string WorkerName = "ProcInterrupt.WorkerProcess";
    private readonly PackageFeed feed;

    public PackageTests(PackageFeed feed) => this.feed = feed;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => HomeProcess.UntilNoneIsLeftAsync(feed.Home);

    [Fact]
    public void Packing_the_solution_makes_the_library_and_the_tool_and_nothing_else() => Assert.Equal(
        [$"{Tool}.{feed.Version}.nupkg", $"{Library}.{feed.Version}.nupkg"],
        Directory.EnumerateFileSystemEntries(feed.Folder).Select(Path.GetFileName).OrderDescending(StringComparer.Ordinal));

    [Fact]
    public async Task The_library_has_its_documentation_and_its_worker()
    {
        var entries = await feed.EntriesAsync(Library);
        Assert.Equal(
            [
                "ProcInterrupt.nuspec",
                "README.md",
                "buildTransitive/ProcInterrupt.targets",
                "lib/net10.0/ProcInterrupt.Controller.dll",
                "lib/net10.0/ProcInterrupt.Controller.xml",
                "lib/net10.0/ProcInterrupt.Shared.dll",
                "lib/net10.0/ProcInterrupt.Shared.xml",
            ],
            entries.Where(entry => !entry.StartsWith(LibraryWorker, StringComparison.Ordinal)));
        await AssertWorkerIsWholeAsync(Library, LibraryWorker);
        Assert.DoesNotContain($"{LibraryWorker}{WorkerName}", entries);
        Assert.Equal(await File.ReadAllBytesAsync(Repository.PathOf("README.md")), await feed.ReadAsync(Library, "README.md"));
    }

    [Fact]
    public async Task The_library_depends_on_what_its_projects_reference()
    {
        var versions = Load("Directory.Packages.props").Descendants("PackageVersion")
            .ToDictionary(version => (string)version.Attribute("Include")!, version => (string)version.Attribute("Version")!);
        var referenced = new[] { "Controller/ProcInterrupt.Controller.csproj", "Shared/ProcInterrupt.Shared.csproj" }
            .SelectMany(project => Load(project).Descendants("PackageReference"))
            .Where(reference => reference.Attribute("Condition") is null && reference.Parent!.Attribute("Condition") is null)
            .Select(reference => (string)reference.Attribute("Include")!)
            .Select(id => (id, versions[id]))
            .Order()
            .ToList();
        Assert.NotEmpty(referenced);

        var specification = XDocument.Parse(await ReadTextAsync(Library, "ProcInterrupt.nuspec"));
        Assert.Equal(
            referenced,
            specification.Descendants().Where(element => element.Name.LocalName == "dependency")
                .Select(dependency => ((string)dependency.Attribute("id")!, (string)dependency.Attribute("version")!)).Order());
    }

    [Fact]
    public async Task The_tool_has_its_command_and_its_worker()
    {
        var entries = await feed.EntriesAsync(Tool);
        Assert.All(["README.md", $"{ToolFolder}procinterrupt.dll"], entry => Assert.Contains(entry, entries));
        await AssertWorkerIsWholeAsync(Tool, ToolWorker);
        var settings = XDocument.Parse(await ReadTextAsync(Tool, $"{ToolFolder}DotnetToolSettings.xml"));
        Assert.Equal("procinterrupt", (string?)Assert.Single(settings.Descendants("Command")).Attribute("Name"));
    }

    [Theory]
    [InlineData(Library)]
    [InlineData(Tool)]
    public async Task Nothing_of_the_tests_is_packed(string id) => Assert.All(
        await feed.EntriesAsync(id),
        entry => Assert.DoesNotMatch("(?i)xunit|testhost|tests|fakeworker|bench", entry));

    [Theory]
    [InlineData(Library, LibraryWorker)]
    [InlineData(Tool, ToolWorker)]
    public async Task What_is_precompiled_for_one_platform_is_there_for_every_other_as_well(string id, string worker)
    {
        // Packed from Debug, nothing is precompiled, and there is no portable folder.
        var portable = $"{worker}portable/";
        var precompiled = new List<string>();
        foreach (var entry in (await feed.EntriesAsync(id)).Where(entry => entry.EndsWith(".dll", StringComparison.Ordinal)))
        {
            if (IsPrecompiled(await feed.ReadAsync(id, entry)))
            {
                precompiled.Add(entry);
            }
        }

        if (precompiled.Count > 0)
        {
            Assert.Contains($"{worker}{WorkerName}.dll", precompiled);
            await AssertWorkerIsWholeAsync(id, portable);
        }

        Assert.All(precompiled, entry => Assert.StartsWith(worker, entry, StringComparison.Ordinal));
        Assert.DoesNotContain(precompiled, entry => entry.StartsWith(portable, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fresh_console_project_runs_the_smallest_example()
    {
        var project = await WriteProjectAsync(
            "Fresh", "Exe", PackageReference(), await File.ReadAllTextAsync(Repository.PathOf("samples", "Minimal", "Program.cs")));
        Assert.Matches(SamplesTests.SmallestExampleOutput, await feed.DotNetAsync("run", "--project", project, "--disable-build-servers"));

        // The one for other platforms, where there is one, runs here as well.
        var output = Path.Combine(project, "bin", "Debug", "net10.0");
        var portable = Path.Combine(output, "worker", "portable", $"{WorkerName}.dll");
        if (File.Exists(portable))
        {
            var result = await feed.RunAsync("/usr/bin/env", $"{WorkerOptions.WorkerPathVariable}={portable}", Path.Combine(output, "Fresh"));
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            Assert.Matches(SamplesTests.SmallestExampleOutput, result.Output);
        }
    }

    [Fact]
    public async Task A_published_program_has_the_worker_also_when_only_a_library_of_it_references_the_package()
    {
        var library = await WriteProjectAsync("Answers", "Library", PackageReference(), """
            namespace Answers;

            public static class Answer
            {
                public static async Task<string?> GetAsync()
                {
                    await using var worker = await ProcInterrupt.Worker.StartAsync();
                    return (await worker.RunAsync("csharp", "6 * 7")).Value?.Text;
                }
            }
            """);
        var project = await WriteProjectAsync(
            "Asks", "Exe", new XElement("ProjectReference", new XAttribute("Include", "../Answers/Answers.csproj")), "Console.WriteLine(await Answers.Answer.GetAsync());");
        var published = Path.Combine(feed.Home, "published");
        await feed.DotNetAsync("publish", project, "-o", published, "--disable-build-servers");
        Assert.False(Directory.Exists(Path.Combine(library, "bin", "Release", "net10.0", "worker")), "A library's own output needs no worker.");

        var result = await feed.RunAsync(Path.Combine(published, "Asks"));
        Assert.Equal((0, "42\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task The_installed_tool_runs_the_demo_and_code()
    {
        var folder = Path.Combine(feed.Home, "installed");
        await feed.DotNetAsync("tool", "install", Tool, "--version", feed.Version, "--tool-path", folder, "--add-source", feed.Folder);
        var command = Path.Combine(folder, "procinterrupt");

        var demo = await feed.RunAsync(command, "demo");
        Assert.Equal((0, ""), (demo.ExitCode, demo.Error));
        Assert.Contains("Everything held", demo.Output, StringComparison.Ordinal);

        var answer = await feed.RunAsync(command, "run", "-c", "6*7", "--json");
        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        var completed = JsonDocument.Parse(answer.Output).RootElement;
        Assert.Equal(("succeeded", "42"), (completed.GetProperty("outcome").GetString(), completed.GetProperty("value").GetString()));

        Assert.Equal(1, (await feed.RunAsync(command, "run", "-c", "throw new Exception();")).ExitCode);
        Assert.Equal(124, (await feed.RunAsync(command, "run", "-c", "while (true) {}", "--timeout", "1s")).ExitCode);
    }

    private static XDocument Load(string path) => XDocument.Load(Path.Combine(Repository.Root, path));

    private static bool IsPrecompiled(byte[] assembly)
    {
        using var reader = new PEReader(new MemoryStream(assembly));
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }

    private XElement PackageReference() => new("PackageReference", new XAttribute("Include", Library), new XAttribute("Version", feed.Version));

    private async Task<string> ReadTextAsync(string id, string name)
    {
        using var reader = new StreamReader(new MemoryStream(await feed.ReadAsync(id, name)), Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    /// <summary>The worker can start: its own files, and every assembly that it was built with.</summary>
    private async Task AssertWorkerIsWholeAsync(string id, string folder)
    {
        var entries = await feed.EntriesAsync(id);
        Assert.Contains($"{folder}{WorkerName}.runtimeconfig.json", entries);
        var dependencies = JsonDocument.Parse(await feed.ReadAsync(id, $"{folder}{WorkerName}.deps.json")).RootElement;
        var assemblies = dependencies.GetProperty("targets").EnumerateObject().SelectMany(target => target.Value.EnumerateObject())
            .Where(library => library.Value.TryGetProperty("runtime", out _))
            .SelectMany(library => library.Value.GetProperty("runtime").EnumerateObject())
            .Select(assembly => $"{folder}{Path.GetFileName(assembly.Name)}")
            .ToList();
        Assert.Contains($"{folder}Microsoft.CodeAnalysis.CSharp.Scripting.dll", assemblies);
        Assert.Contains($"{folder}Mono.Cecil.dll", assemblies);
        Assert.Contains($"{folder}{WorkerName}.dll", assemblies);
        Assert.All(assemblies, assembly => Assert.Contains(assembly, entries));
    }

    /// <summary>Writes a project as <c>dotnet new</c> makes it, with one reference.</summary>
    /// <returns>Its folder.</returns>
    private async Task<string> WriteProjectAsync(string name, string outputType, XElement reference, string source)
    {
        var folder = Directory.CreateDirectory(Path.Combine(feed.Home, name)).FullName;
        var project = new XElement(
            "Project",
            new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement(
                "PropertyGroup",
                new XElement("OutputType", outputType),
                new XElement("TargetFramework", "net10.0"),
                new XElement("ImplicitUsings", "enable"),
                new XElement("Nullable", "enable")),
            new XElement("ItemGroup", reference));
        await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.csproj"), project.ToString());
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), source);
        return folder;
    }
}
