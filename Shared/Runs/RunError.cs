namespace ProcInterrupt;

/// <summary>Why a run failed.</summary>
/// <param name="Type">The exception's full type name, or <c>CompilationError</c> for code that does not compile.</param>
/// <param name="Message">What the exception or the compiler said; compiler messages are one a line, each with line and column.</param>
/// <param name="Traceback">Where, innermost last as the language shows it; empty where there is none.</param>
public sealed record RunError(string Type, string Message, string Traceback);
