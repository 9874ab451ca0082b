using System.Globalization;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>For tests that start workers through the library: they run alone, and tell what is left behind.</summary>
public sealed class WorkerProcesses : IDisposable
{
    private readonly string? before = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");

    public WorkerProcesses() => Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", SocketPlace.FullName);

    /// <summary>Where the sockets' folders of this process go.</summary>
    public DirectoryInfo SocketPlace { get; } = Directory.CreateTempSubdirectory("pi-");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", before);
        SocketPlace.Delete(recursive: true);
    }

    /// <summary>Fails unless all workers of this process are gone, with their sockets and maps.</summary>
    public async Task AssertNothingIsLeft()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Find() is { Count: > 0 } found)
        {
            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"Left behind: {string.Join(", ", found)}");
            }

            // A killed process is there until its parent, which may be init, has looked.
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Whether a process is there and not a zombie.</summary>
    public static bool IsRunning(int processId)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{processId}/stat");
            return status[status.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private List<string> Find() =>
    [
        .. SocketPlace.EnumerateFileSystemInfos().Select(info => info.FullName),
        .. Directory.GetFiles("/proc/self/fd").Select(Target).Where(target => target.Contains("memfd:procinterrupt", StringComparison.Ordinal)),
        .. Directory.GetDirectories("/proc").Where(IsWorkerOfOurs),
    ];

    private static string Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static bool IsWorkerOfOurs(string folder)
    {
        if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return false;
        }

        try
        {
            var command = File.ReadAllText(Path.Combine(folder, "cmdline"));
            return command.Contains($"--parent\0{Environment.ProcessId}\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
