namespace ProcInterrupt;

/// <summary>Whether code can be run as it is.</summary>
/// <param name="Status">What the engine says.</param>
/// <param name="Indent">The white space that the next line begins with by custom; empty unless <see cref="CodeStatus.Incomplete"/>.</param>
/// <param name="MayContinue">It is complete, and yet the next line may belong to it, as an <c>else</c> belongs to its <c>if</c>.</param>
public sealed record CodeCompleteness(CodeStatus Status, string Indent = "", bool MayContinue = false);
