using System.Security.Cryptography;

namespace ProcInterrupt.Launch;

/// <summary>A folder for one socket that nobody else can enter or foresee, gone as soon as the worker has connected.</summary>
internal sealed class SocketFolder : IDisposable
{
    /// <summary>A socket's address holds 108 bytes, with a zero at the end; 104 on the BSDs.</summary>
    private static readonly int MaxPathBytes = OperatingSystem.IsLinux() ? 107 : 103;

    private readonly string path;

    private SocketFolder(string path)
    {
        this.path = path;
        SocketPath = Path.Combine(path, "s");
    }

    /// <summary>Absolute, and short enough for a socket.</summary>
    public string SocketPath { get; }

    /// <summary>Chooses the first of the usual places that will have the folder; it is there once it is made with <see cref="Make"/>.</summary>
    /// <exception cref="WorkerStartException">None would.</exception>
    public static SocketFolder Choose()
    {
        var name = $"procinterrupt-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        var refusals = new List<string>();
        foreach (var place in Places())
        {
            var folder = new SocketFolder(Path.Combine(place, name));
            var bytes = Posix.PathBytes(folder.SocketPath);
            var refusal = bytes > MaxPathBytes
                ? $"a socket's path would have {bytes} bytes, {MaxPathBytes} is the most"
                : TrustedFolder.DescribeFault(place) ?? Posix.TryFolder(folder.path);
            if (refusal is null)
            {
                // Not kept yet: until there is a worker nobody could remove it if this process were killed.
                return folder;
            }

            refusals.Add($"{place}: {refusal}");
        }

        throw new WorkerStartException($"No folder could be made for the worker's socket. {string.Join("; ", refusals)}.");
    }

    /// <summary>Makes the folder.</summary>
    /// <exception cref="WorkerStartException">It could not be made.</exception>
    public void Make()
    {
        if (Posix.MakeFolder(path) is { } refusal)
        {
            throw new WorkerStartException($"The folder {path} could not be made for the worker's socket: {refusal}.");
        }
    }

    /// <summary>Removes the socket and the folder, as far as they are there. May be called twice.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(SocketPath);
            Directory.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Never made, or removed already, here or by the worker.
        }
    }

    private static IEnumerable<string> Places()
    {
        string?[] places = [Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"), Environment.GetEnvironmentVariable("TMPDIR"), "/tmp"];
        return places.Where(place => place is not null && Path.IsPathFullyQualified(place)).Select(place => place!).Distinct();
    }
}
