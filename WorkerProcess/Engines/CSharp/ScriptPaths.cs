using System.Diagnostics.CodeAnalysis;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Names of submissions and files, in directives and in debug information.</summary>
internal static class ScriptPaths
{
    /// <summary>What a submission is called that came from no file; the angle brackets keep it apart from a path.</summary>
    public static string OfRun(uint run) => $"<run {run}>";

    public static bool IsRun(string path) => path.StartsWith("<run ", StringComparison.Ordinal);

    /// <summary>Full, so that directives and tracebacks do not depend on a current folder that code may change.</summary>
    [SuppressMessage("Design", "MA0046", Justification = "Not an event.")]
    public static string Of(EngineRequest request)
    {
        if (string.IsNullOrEmpty(request.Path))
        {
            return OfRun(request.Run);
        }

        return request.Path.Contains('\0') ? OfRun(request.Run) : Path.GetFullPath(request.Path);
    }

    /// <summary>The existing file that a directive means: beside the file that holds the directive, or in the current folder.</summary>
    public static string? Find(string path, string? baseFile)
    {
        if (path.Length == 0 || path.Contains('\0'))
        {
            return null;
        }

        if (!string.IsNullOrEmpty(baseFile) && !IsRun(baseFile) && Path.GetDirectoryName(baseFile) is { } folder)
        {
            string beside = Path.GetFullPath(Path.Combine(folder, path));
            if (File.Exists(beside))
            {
                return beside;
            }
        }

        string here = Path.GetFullPath(path);
        return File.Exists(here) ? here : null;
    }
}
