namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: a piece of output, up to 64 KB.</summary>
/// <param name="Run">0 when its run is over.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="Text">The text; lone surrogates replaced.</param>
internal sealed record OutputMessage(uint Run, OutputStream Stream, string Text) : IMessage;
