namespace ProcInterrupt;

/// <summary>A rung of the ladder that was begun.</summary>
/// <param name="Rung">Which.</param>
/// <param name="Micros">Microseconds from the request; 0 for the first.</param>
public readonly record struct RungTime(InterruptRung Rung, long Micros);
