namespace ProcInterrupt.Messages;

/// <summary>What output takes off the credit. Both sides count alike.</summary>
internal static class OutputCost
{
    /// <summary>What a frame costs besides its text: whoever keeps it for its reader keeps more than the text.</summary>
    public const int FrameBytes = 128;

    /// <summary>The cost of a frame with so many bytes of text in UTF-8, or of forms.</summary>
    public static long Of(long bytes) => bytes == 0 ? 0 : bytes + FrameBytes;
}
