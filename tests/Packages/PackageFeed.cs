using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using ProcInterrupt.Tests.Cli;
using ProcInterrupt.Tests.Support;
using Xunit;

namespace ProcInterrupt.Tests.Packages;

/// <summary>The packages of this solution in a feed of their own, and a temporary home for who uses them.</summary>
/// <remarks>
/// Nothing is asked of other feeds: what the packages depend on was restored for these tests, and serves as NuGet's fallback
/// folder. All else that a build leaves, the home included, is in the one folder that is deleted.
/// </remarks>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("procinterrupt-packages-");

    /// <summary>Like no other, so that nothing older is taken for it.</summary>
    public string Version { get; } = $"0.1.0-test.{Guid.NewGuid():N}";

    /// <summary>Where projects are made.</summary>
    public string Home => home.FullName;

    /// <summary>Where the packages are.</summary>
    public string Folder => Path.Combine(Home, "feed");

    /// <summary>Packs what was built with these tests, in the same configuration.</summary>
    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Home, "nuget.config"), Config(Folder, await RestoredPackagesAsync()));
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        await DotNetAsync(
            "pack", Repository.PathOf("ProcInterrupt.sln"), "--no-build", "-c", configuration, "-o", Folder, $"-p:PackageVersion={Version}", "-warnaserror",
            "--disable-build-servers");
    }

    public Task DisposeAsync()
    {
        home.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Runs <c>dotnet</c>, which has to succeed.</summary>
    /// <returns>What it printed.</returns>
    internal async Task<string> DotNetAsync(params string[] arguments)
    {
        var result = await RunAsync(CommandProcess.DotNet, arguments);
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} returned {result.ExitCode}: {result.Output}{result.Error}");
        return result.Output;
    }

    /// <summary>Runs a program in the temporary home.</summary>
    internal Task<CommandResult> RunAsync(string program, params string[] arguments) => HomeProcess.RunAsync(Home, program, arguments);

    /// <summary>What a package holds, its own book-keeping aside.</summary>
    internal async Task<IReadOnlyList<string>> EntriesAsync(string id)
    {
        await using var package = await ZipFile.OpenReadAsync(PathOf(id));
        return [.. package.Entries.Select(entry => entry.FullName).Where(name => !IsBookkeeping(name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Reads one file of a package.</summary>
    internal async Task<byte[]> ReadAsync(string id, string name)
    {
        await using var package = await ZipFile.OpenReadAsync(PathOf(id));
        var entry = package.GetEntry(name);
        Assert.True(entry is not null, $"{id} has no {name}.");
        await using var content = await entry.OpenAsync();
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        return copy.ToArray();
    }

    private static bool IsBookkeeping(string name) =>
        name is "[Content_Types].xml" || name.StartsWith("_rels/", StringComparison.Ordinal) || name.StartsWith("package/", StringComparison.Ordinal);

    private static string Config(string feed, IEnumerable<string> fallback) =>
        new XElement(
            "configuration",
            new XElement("packageSources", new XElement("clear"), Add("packed", feed)),
            new XElement("fallbackPackageFolders", new XElement("clear"), fallback.Select((folder, index) => Add($"restored{index}", folder)))).ToString();

    private static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));

    /// <summary>The folders that hold the packages these tests were built with.</summary>
    private static async Task<IReadOnlyList<string>> RestoredPackagesAsync()
    {
        await using var assets = File.OpenRead(Repository.PathOf("tests", "obj", "project.assets.json"));
        using var document = await JsonDocument.ParseAsync(assets);
        return [.. document.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).Where(Directory.Exists)];
    }

    private string PathOf(string id) => Path.Combine(Folder, $"{id}.{Version}.nupkg");
}
