namespace ProcInterrupt;

/// <summary>What can stand at a place in code.</summary>
/// <param name="Start">Where the text begins that each match replaces, in UTF-16 units of the code.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Matches">The names that fit, sorted; 1,000 at most.</param>
public sealed record Completions(int Start, int End, IReadOnlyList<string> Matches);
