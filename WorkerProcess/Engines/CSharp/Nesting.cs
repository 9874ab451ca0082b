namespace ProcInterrupt.WorkerProcess.Engines.CSharp;

/// <summary>Refuses programs whose nesting the compiler does not survive.</summary>
/// <remarks>
/// Parts of Roslyn's parser recurse without looking at the stack (tuple types, patterns, array initializers,
/// interpolations: a real overflow ends the process), others take hours for ten thousand levels. Five hundred open
/// brackets are far beyond what people and generators write, and within what it does in seconds.
/// </remarks>
internal static class Nesting
{
    private const int MaximumDepth = 500;

    /// <summary>The error for a program that opens too many brackets; <see langword="null"/> when it does not.</summary>
    /// <param name="code">The program.</param>
    /// <param name="firstLine">The number of its first line, for the message.</param>
    /// <remarks>Brackets in text and comments count too: five hundred unclosed ones are no program anybody misses.</remarks>
    public static RunError? Check(string code, int firstLine)
    {
        int depth = 0;
        int line = firstLine;
        int lineStart = 0;
        for (int i = 0; i < code.Length; i++)
        {
            switch (code[i])
            {
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    depth = Math.Max(0, depth - 1);
                    break;
                case '\n':
                    line++;
                    lineStart = i + 1;
                    break;
            }

            if (depth > MaximumDepth)
            {
                return new RunError(
                    CompilationErrors.Type,
                    $"({line},{i - lineStart + 1}): error CS8078: An expression is too long or complex to compile",
                    "");
            }
        }

        return null;
    }
}
