namespace ProcInterrupt;

/// <summary>Code that makes a new session ready.</summary>
/// <param name="Engine">An engine's name, such as <c>csharp</c>.</param>
/// <param name="Code">The program.</param>
public sealed record StartUpRun(string Engine, string Code)
{
    /// <summary>How long it may take before the replacement has failed and is ended.</summary>
    /// <value>More than zero. Default 30 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
