namespace ProcInterrupt.Cli.Running;

/// <summary>
/// Counts presses of Ctrl+C: one interrupts, a second within two seconds climbs the ladder, the next one kills.
/// Safe from any thread.
/// </summary>
/// <remarks>Once the ladder is being climbed there is no way back, so the third press may come at any time.</remarks>
internal sealed class InterruptPresses
{
    /// <summary>How soon a second press must follow to mean more than a first.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private long? pressedAt;
    private bool climbing;

    public InterruptPresses(TimeProvider time) => this.time = time;

    /// <summary>One press.</summary>
    /// <returns>What it does.</returns>
    public StopStep Press()
    {
        lock (gate)
        {
            if (climbing)
            {
                return StopStep.Kill;
            }

            var now = time.GetTimestamp();
            climbing = pressedAt is { } first && time.GetElapsedTime(first, now) <= Window;
            pressedAt = now;
            return climbing ? StopStep.Climb : StopStep.Interrupt;
        }
    }
}
