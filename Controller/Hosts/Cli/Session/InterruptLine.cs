using System.Text.Json;

namespace ProcInterrupt.Cli.Session;

/// <summary>Interrupt a run.</summary>
/// <param name="Run">The client's number of it.</param>
/// <param name="Signal">1 to 64.</param>
/// <param name="Id">Echoed in the receipt: a string, a number or <see langword="null"/>.</param>
internal sealed record InterruptLine(long Run, Signal Signal, JsonElement? Id) : SessionRequest;
