namespace ProcInterrupt.Messages;

/// <summary>Numbers both sides agree on.</summary>
internal static class ProtocolConstants
{
    /// <summary>Both sides must have the same; so nothing else needs to be tolerant of other versions.</summary>
    public const int Version = 1;

    /// <summary>The largest frame accepted unless set otherwise: 16 MiB, so that a lying length cannot make a side allocate without bound.</summary>
    public const int DefaultMaxFrameBytes = 16 * 1024 * 1024;

    /// <summary>What the worker may send of output before the first OutputCredit, in bytes of UTF-8.</summary>
    public const long InitialOutputCredit = 1024 * 1024;

    /// <summary>The largest piece of output in one frame, in bytes of UTF-8.</summary>
    public const int MaxOutputPieceBytes = 64 * 1024;

    /// <summary>What a worker returns that ended on Terminate; the controller tells this end from others by it.</summary>
    public const int TerminatedExitCode = 75;

    /// <summary>Engines in a Hello: far more than there are languages, few enough to cost nothing.</summary>
    public const int MaxEngines = 64;

    /// <summary>Forms of one displayed value, by MIME type.</summary>
    public const int MaxMimeTypes = 64;

    /// <summary>Matches of one completion: more than anybody reads, and they fit in a frame.</summary>
    public const int MaxMatches = 1000;

    /// <summary>The longest match that an engine offers, in UTF-16 units: names are shorter.</summary>
    public const int MaxMatchLength = 1024;

    /// <summary>Characters of a suggested indentation: deeper than any screen is wide.</summary>
    public const int MaxIndent = 256;

    /// <summary>Characters of a call or a thread's state in a diagnosis: a line that can be read.</summary>
    public const int MaxDiagnosisLine = 512;

    /// <summary>Characters of a stack in a diagnosis: a hundred calls or more.</summary>
    public const int MaxDiagnosisStack = 16 * 1024;
}
