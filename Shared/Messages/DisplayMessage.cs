namespace ProcInterrupt.Messages;

/// <summary>Worker to controller: something to show.</summary>
/// <param name="Run">0 when its run is over.</param>
/// <param name="Data">By MIME type; binary types in base64.</param>
internal sealed record DisplayMessage(uint Run, IReadOnlyDictionary<string, string> Data) : IMessage;
