using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Puts the compiler's errors into words, as csc prints them.</summary>
internal static class CompilationErrors
{
    // A generated program can have a mistake on each of its lines; nobody reads more than the first.
    private const int MaximumLines = 100;

    public const string Type = "CompilationError";

    /// <summary>One line for each error; <see langword="null"/> when there is none.</summary>
    public static RunError? Of(IEnumerable<Diagnostic> diagnostics)
    {
        Diagnostic[] errors =
            [.. diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).OrderBy(static d => d.Location.SourceSpan.Start)];
        if (errors.Length == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (Diagnostic error in errors.Take(MaximumLines))
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(Format(error));
        }

        if (errors.Length > MaximumLines)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n... and {errors.Length - MaximumLines} more errors");
        }

        return new RunError(Type, text.ToString(), "");
    }

    private static string Format(Diagnostic error)
    {
        string message = error.GetMessage(CultureInfo.InvariantCulture);
        if (error.Id == "CS0006" && message.Contains("'nuget:", StringComparison.OrdinalIgnoreCase))
        {
            message = "#r \"nuget: ...\" is not supported yet; refer to the package's assembly by its path, #r \"path.dll\"";
        }

        string text = $"error {error.Id}: {message}";
        if (!error.Location.IsInSource)
        {
            return text;
        }

        FileLinePositionSpan place = error.Location.GetMappedLineSpan();
        string path = ScriptPaths.IsRun(place.Path) ? "" : place.Path;
        return $"{path}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}): {text}";
    }
}
