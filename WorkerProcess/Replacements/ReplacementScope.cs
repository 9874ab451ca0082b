namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>In which methods of woven code a replacement is made.</summary>
internal enum ReplacementScope
{
    Everywhere,

    /// <summary>Only in the <c>MoveNext</c> of async methods, where <c>await</c> is lowered.</summary>
    InAsync,

    /// <summary>Everywhere else.</summary>
    OutsideAsync,
}
