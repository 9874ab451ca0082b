using System.Runtime.InteropServices;

namespace ProcInterrupt.Launch;

/// <summary>Where the worker program is, and how it is run.</summary>
/// <param name="Path">The assembly or the executable.</param>
internal sealed record WorkerProgram(string Path)
{
    private const string FileName = "ProcInterrupt.WorkerProcess.dll";

    /// <summary>Where <c>setsid</c> is, on Debian and on systems with a merged <c>/usr</c>; elsewhere <c>/bin</c>.</summary>
    private static readonly string[] SetSidPlaces = ["/usr/bin/setsid", "/bin/setsid"];

    /// <summary>Where the runtime's installers put it, when nothing else says where it is.</summary>
    private static readonly string[] RuntimePlaces = ["/usr/share/dotnet", "/usr/lib/dotnet", "/usr/local/share/dotnet"];

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
        var library = System.IO.Path.GetDirectoryName(typeof(WorkerProgram).Assembly.Location) ?? "";
        return FindBeside([library, AppContext.BaseDirectory], OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64);
    }

    /// <summary>Finds the program in <c>worker</c> beside the library, or where the package has it.</summary>
    /// <param name="folders">The library's folder and the program's; empty where there is none.</param>
    /// <param name="precompiled">Whether a worker that was precompiled, for Linux on x64, can run here.</param>
    /// <exception cref="WorkerStartException">It is not there; the message names where it was looked for.</exception>
    internal static WorkerProgram FindBeside(IEnumerable<string> folders, bool precompiled)
    {
        var places = folders.Where(folder => folder.Length > 0)
            // Scripts and notebooks load the library from the package's own folder, lib/net10.0.
            .SelectMany(folder => new[] { System.IO.Path.Combine(folder, "worker"), System.IO.Path.Combine(folder, "../../tools/worker") })
            .Select(System.IO.Path.GetFullPath)
            .Distinct()
            .ToList();
        // The portable one is there only where the other is precompiled.
        var programs = places.SelectMany(place => precompiled
            ? new[] { System.IO.Path.Combine(place, FileName) }
            : [System.IO.Path.Combine(place, "portable", FileName), System.IO.Path.Combine(place, FileName)]);
        return programs.FirstOrDefault(File.Exists) is { } found
            ? new WorkerProgram(found)
            : throw new WorkerStartException(
                $"The worker program is not there. Looked for {FileName} in {string.Join(" and ", places)}. Set WorkerOptions.WorkerPath or the environment variable {WorkerOptions.WorkerPathVariable} to where it is.");
    }

    /// <summary>The command that runs it, in a session of its own where that can be had.</summary>
    /// <remarks>A terminal's Ctrl+C goes to the whole foreground group and would kill the worker.</remarks>
    /// <exception cref="WorkerStartException">There is no <c>dotnet</c> to run it.</exception>
    public IReadOnlyList<string> Command(params IEnumerable<string> arguments)
    {
        var command = new List<string>();
        if (SetSidPlaces.FirstOrDefault(File.Exists) is { } setSid)
        {
            command.Add(setSid);
        }

        if (Path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            command.Add(FindDotNet(Environment.ProcessPath, RuntimeEnvironment.GetRuntimeDirectory(), Environment.GetEnvironmentVariable, RuntimePlaces));
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

    /// <summary>The <c>dotnet</c> that this process runs on, else an installed one: a self-contained program brings none.</summary>
    /// <param name="program">What this process runs.</param>
    /// <param name="runtimeFolder">ROOT/shared/Microsoft.NETCore.App/VERSION/, or the folder of a self-contained program.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="installed">Where to look when none of these leads to one.</param>
    /// <exception cref="WorkerStartException">There is none.</exception>
    internal static string FindDotNet(string? program, string runtimeFolder, Func<string, string?> variable, IReadOnlyList<string> installed)
    {
        const string rootVariable = "DOTNET_ROOT";
        if (System.IO.Path.GetFileName(program) == "dotnet")
        {
            return program!;
        }

        string[] roots =
        [
            System.IO.Path.Combine(runtimeFolder, "../../.."),
            variable(rootVariable) ?? "",
            .. (variable("PATH") ?? "").Split(System.IO.Path.PathSeparator),
            .. installed,
        ];
        return roots.Where(root => root.Length > 0)
            .Select(root => System.IO.Path.GetFullPath(System.IO.Path.Combine(root, "dotnet")))
            .FirstOrDefault(File.Exists)
            ?? throw new WorkerStartException(
                $"The worker needs the .NET runtime, also beside a self-contained program, and no dotnet was found: not in {rootVariable}, on PATH, nor in {string.Join(" or ", installed)}.");
    }
}
