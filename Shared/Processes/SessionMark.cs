using System.Security.Cryptography;

namespace ProcInterrupt.Processes;

/// <summary>What a worker's processes are known by: a value in their environment that every process inherits from the one that starts it.</summary>
/// <remarks>It names and is no secret. Programs that give their children another environment leave it out.</remarks>
internal static class SessionMark
{
    /// <summary>The variable; its value holds the marks of all sessions that the process is in, the innermost last.</summary>
    public const string Variable = "PROCINTERRUPT_SESSION";

    /// <summary>The longest value that is carried on, for programs that nest without end.</summary>
    private const int MaxChars = 1024;

    /// <summary>A new mark: 128 random bits.</summary>
    public static string Create() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The variable's value for a process that is in one more session.</summary>
    /// <param name="outer">The variable's value in the process that starts it; may be null.</param>
    /// <param name="mark">From <see cref="Create"/>.</param>
    public static string Add(string? outer, string mark) => string.IsNullOrEmpty(outer) || outer.Length > MaxChars ? mark : $"{outer}:{mark}";

    /// <summary>The innermost mark of a variable's value, or null.</summary>
    public static string? Last(string? value) => string.IsNullOrEmpty(value) ? null : value[(value.LastIndexOf(':') + 1)..];
}
