using System.Text.Json;

namespace ProcInterrupt.Cli.Session;

/// <summary>Say what a run is doing.</summary>
/// <param name="Run">The client's number of it.</param>
/// <param name="Id">Echoed in the event: a string, a number or <see langword="null"/>.</param>
internal sealed record DiagnoseLine(long Run, JsonElement? Id) : SessionRequest;
