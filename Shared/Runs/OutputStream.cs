namespace ProcInterrupt;

/// <summary>Where a piece of output was written.</summary>
public enum OutputStream
{
    /// <summary>Standard output.</summary>
    Stdout = 1,

    /// <summary>Standard error.</summary>
    Stderr = 2,
}
