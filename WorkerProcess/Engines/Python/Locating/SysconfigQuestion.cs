using System.ComponentModel;
using System.Diagnostics;

namespace ProcInterrupt.WorkerProcess.Engines.Python.Locating;

/// <summary>Asks an interpreter where its library is.</summary>
internal static class SysconfigQuestion
{
    /// <summary>One that takes longer is not waited for: the worker is to start.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private const string Program = """
        import os, sysconfig
        get = sysconfig.get_config_var
        for folder in (get('LIBDIR'), get('LIBPL'), get('prefix') + '/lib'):
            path = os.path.join(folder or '', get('INSTSONAME') or '')
            if get('Py_ENABLE_SHARED') and os.path.isfile(path):
                print(path)
                break
        """;

    /// <returns>The library's path, or <see langword="null"/> when it has none or does not answer.</returns>
    public static string? Ask(string executable)
    {
        var start = new ProcessStartInfo(executable, ["-I", "-S", "-c", Program]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null; // no program, or none for this machine
        }

        using (process)
        {
            var answer = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Limit))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            return process.ExitCode == 0 && answer.Wait(Limit) && answer.Result.Trim() is { Length: > 0 } path ? path : null;
        }
    }
}
