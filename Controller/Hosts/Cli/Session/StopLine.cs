using System.Text.Json;

namespace ProcInterrupt.Cli.Session;

/// <summary>Stop a run, climbing the ladder.</summary>
/// <param name="Run">The client's number of it.</param>
/// <param name="Id">Echoed in the receipt: a string, a number or <see langword="null"/>.</param>
internal sealed record StopLine(long Run, JsonElement? Id) : SessionRequest;
