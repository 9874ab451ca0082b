namespace ProcInterrupt.Tests.Soak;

/// <summary>One request to interrupt a run, and what comes of it.</summary>
/// <param name="Id">No other request's.</param>
/// <param name="Signal">What was asked.</param>
/// <param name="Policy">How it climbs; null for a plain request.</param>
/// <param name="AskedNanos">It was made between these two, CLOCK_MONOTONIC.</param>
/// <param name="Receipt">Its one answer.</param>
internal sealed record SoakRequest(string Id, Signal Signal, StopPolicy? Policy, (long From, long To) AskedNanos, Task<InterruptReceipt> Receipt);
