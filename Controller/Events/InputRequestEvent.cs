namespace ProcInterrupt;

/// <summary>The code waits for a line of input; answer with <see cref="Run.ReplyToInput"/>.</summary>
/// <param name="Run">The run.</param>
/// <param name="Prompt">What to show before; may be empty.</param>
/// <param name="Password">Whether what is typed must not be shown.</param>
public sealed record InputRequestEvent(Run? Run, string Prompt, bool Password) : RunEvent(Run)
{
    /// <summary>The worker's number of the request.</summary>
    internal uint Request { get; init; }
}
