namespace ProcInterrupt.Cli.Running;

/// <summary>Why a run failed, as people read it.</summary>
internal static class ErrorText
{
    /// <summary>The traceback with type and message, each of them once; a compiler's messages as they are.</summary>
    public static string Of(RunError error)
    {
        if (error.Traceback.Length == 0)
        {
            return IsCompilation(error) || error.Type.Length == 0 ? error.Message : $"{error.Type}: {error.Message}";
        }

        // Python's traceback ends with the type's own name and the message, a stack trace of .NET has neither.
        var ownName = error.Type[(error.Type.LastIndexOf('.') + 1)..];
        return error.Traceback.Contains($"{ownName}: {error.Message}", StringComparison.Ordinal)
            ? error.Traceback
            : $"{error.Type}: {error.Message}\n{error.Traceback}";
    }

    private static bool IsCompilation(RunError error) => string.Equals(error.Type, "CompilationError", StringComparison.Ordinal);
}
