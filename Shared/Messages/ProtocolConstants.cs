namespace ProcInterrupt.Messages;

/// <summary>Numbers both sides agree on.</summary>
internal static class ProtocolConstants
{
    public const int Version = 1;

    /// <summary>The largest frame accepted unless set otherwise: 16 MiB, so that a lying length cannot make a side allocate without bound.</summary>
    public const int DefaultMaxFrameBytes = 16 * 1024 * 1024;
}
