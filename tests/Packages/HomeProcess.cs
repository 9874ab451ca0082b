using System.Diagnostics;
using System.Runtime.InteropServices;
using ProcInterrupt.Tests.Cli;

namespace ProcInterrupt.Tests.Packages;

/// <summary>Programs that live in a temporary home: they leave nothing outside it, and no process.</summary>
internal static class HomeProcess
{
    /// <summary>Known in the environment of whatever was started here.</summary>
    private const string HomeVariable = "DOTNET_CLI_HOME";

    /// <summary>Far more than any build here takes, even on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="home">Its home and current folder.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<CommandResult> RunAsync(string home, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home,
        };
        SetEnvironment(start.Environment, home);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await Task.WhenAll(output, error, process.WaitForExitAsync()).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>Waits until no process of this home is there.</summary>
    public static async Task UntilNoneIsLeftAsync(string home)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && IsOf(home, folder))
            {
                await CommandProcess.UntilGoneAsync(id);
            }
        }
    }

    private static void SetEnvironment(IDictionary<string, string?> environment, string home)
    {
        // The build that runs these tests tells its children about itself; a user's build has none of it.
        foreach (var name in environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            environment.Remove(name);
        }

        environment.Remove(WorkerOptions.WorkerPathVariable);
        environment[HomeVariable] = home;
        environment["NUGET_PACKAGES"] = Path.Combine(home, "packages");
        environment["NUGET_HTTP_CACHE_PATH"] = Path.Combine(home, "http-cache");
        environment["NUGET_SCRATCH"] = Path.Combine(home, "scratch");
        environment["TMPDIR"] = home;

        // The command that is installed looks for .NET by itself.
        environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        environment["DOTNET_NOLOGO"] = "1";
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        environment["DOTNET_ADD_GLOBAL_TOOLS_TO_PATH"] = "false";

        // No servers that outlive the build.
        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["UseSharedCompilation"] = "false";
    }

    private static bool IsOf(string home, string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "environ")).Split('\0').Contains($"{HomeVariable}={home}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
            return false;
        }
    }
}
