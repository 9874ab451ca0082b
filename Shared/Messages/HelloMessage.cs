namespace ProcInterrupt.Messages;

/// <summary>Worker to controller, first frame: who I am.</summary>
/// <param name="ProtocolVersion">ProtocolConstants.Version.</param>
/// <param name="ProcessId">The worker's pid.</param>
/// <param name="Secret">The launch secret that came on standard input.</param>
/// <param name="Runtime">For diagnostics: runtime and platform.</param>
/// <param name="Engines">What can run here.</param>
/// <param name="MapPath">A map the worker made, or null.</param>
internal sealed record HelloMessage(int ProtocolVersion, int ProcessId, string Secret, string Runtime, IReadOnlyList<EngineInfo> Engines, string? MapPath) : IMessage;
