using System.Runtime.InteropServices;

namespace ProcInterrupt.Launch;

/// <summary>Where the worker program is, and how it is run.</summary>
/// <param name="Path">The assembly or the executable.</param>
internal sealed record WorkerProgram(string Path)
{
    private const string FileName = "ProcInterrupt.WorkerProcess.dll";

    /// <summary>Where <c>setsid</c> is, on Debian and on systems with a merged <c>/usr</c>; elsewhere <c>/bin</c>.</summary>
    private static readonly string[] SetSidPlaces = ["/usr/bin/setsid", "/bin/setsid"];

    /// <summary>Finds the program.</summary>
    /// <param name="options">May name it.</param>
    /// <exception cref="WorkerStartException">It is not there; the message names where it was looked for.</exception>
    public static WorkerProgram Find(WorkerOptions options)
    {
        if (options.WorkerPath is { } path)
        {
            return Named(path, "WorkerOptions.WorkerPath names");
        }

        if (Environment.GetEnvironmentVariable(WorkerOptions.WorkerPathVariable) is { Length: > 0 } variable)
        {
            return Named(variable, $"{WorkerOptions.WorkerPathVariable} names");
        }

        // An assembly in a single file has no location; then the program's folder it is.
        string[] folders = [System.IO.Path.GetDirectoryName(typeof(WorkerProgram).Assembly.Location) ?? "", AppContext.BaseDirectory];
        var places = folders.Where(folder => folder.Length > 0)
            .Select(folder => System.IO.Path.Combine(System.IO.Path.GetFullPath(folder), "worker", FileName))
            .Distinct()
            .ToList();
        return places.Find(File.Exists) is { } found
            ? new WorkerProgram(found)
            : throw new WorkerStartException(
                $"The worker program is not there. Looked for {string.Join(" and ", places)}. Set WorkerOptions.WorkerPath or the environment variable {WorkerOptions.WorkerPathVariable} to where {FileName} is.");
    }

    /// <summary>The command that runs it, in a session of its own where that can be had.</summary>
    /// <remarks>A terminal's Ctrl+C goes to the whole foreground group and would kill the worker.</remarks>
    public IReadOnlyList<string> Command(params IEnumerable<string> arguments)
    {
        var command = new List<string>();
        if (SetSidPlaces.FirstOrDefault(File.Exists) is { } setSid)
        {
            command.Add(setSid);
        }

        if (Path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            command.Add(FindDotNet());
        }

        command.Add(Path);
        command.AddRange(arguments);
        return command;
    }

    private static WorkerProgram Named(string path, string who)
    {
        var full = System.IO.Path.GetFullPath(path);
        return File.Exists(full) ? new WorkerProgram(full) : throw new WorkerStartException($"The worker program is not there: {who} {full}.");
    }

    /// <summary>The <c>dotnet</c> that this process runs on, else the one on PATH.</summary>
    private static string FindDotNet()
    {
        if (System.IO.Path.GetFileName(Environment.ProcessPath) == "dotnet")
        {
            return Environment.ProcessPath!;
        }

        // ROOT/shared/Microsoft.NETCore.App/VERSION/
        var ofRuntime = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        return File.Exists(ofRuntime) ? ofRuntime : "dotnet";
    }
}
