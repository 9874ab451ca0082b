namespace ProcInterrupt;

/// <summary>At this place output, display or progress was dropped, because nobody read and no more was to be kept.</summary>
/// <param name="Run">The run.</param>
/// <param name="Bytes">How many bytes of it, as UTF-8.</param>
public sealed record OutputDroppedEvent(Run? Run, long Bytes) : RunEvent(Run);
