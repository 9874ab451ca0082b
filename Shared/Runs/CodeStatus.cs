namespace ProcInterrupt;

/// <summary>What an engine says of code before it is run.</summary>
public enum CodeStatus
{
    /// <summary>The engine cannot tell.</summary>
    Unknown,

    /// <summary>It can be run as it is.</summary>
    Complete,

    /// <summary>More has to follow: a bracket is open, a statement is not finished.</summary>
    Incomplete,

    /// <summary>It cannot be run, and nothing that follows would change that.</summary>
    Invalid,
}
