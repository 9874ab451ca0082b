namespace ProcInterrupt.Tests.Faults;

/// <summary>A folder of our own for sockets, so that what is left behind is seen.</summary>
internal sealed class SocketPlace : IDisposable
{
    private const string Variable = "XDG_RUNTIME_DIR";
    private readonly string? before = Environment.GetEnvironmentVariable(Variable);

    public SocketPlace() => Environment.SetEnvironmentVariable(Variable, Folder.FullName);

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("pi-");

    /// <summary>For processes that are started with an environment of their own.</summary>
    public Dictionary<string, string> ForChildren => new() { [Variable] = Folder.FullName };

    /// <summary>What is there: sockets and their folders.</summary>
    public List<string> Left() => [.. Folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(info => info.FullName)];

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, before);
        Folder.Delete(recursive: true);
    }
}
