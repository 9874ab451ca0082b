using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>The shields that Python code holds, by number. Called with Python's lock held, from any of its threads.</summary>
internal sealed class PythonShields(DeliveryDesk desk, PythonInterrupts interrupts)
{
    private readonly Dictionary<long, RunShield> held = [];
    private long last;

    /// <param name="seconds">More than 0, at most 60.</param>
    /// <param name="run">The calling thread's run: one that is over has nothing to hold off.</param>
    public long Begin(double seconds, uint run)
    {
        foreach (var (number, left) in held)
        {
            if (left.Scope.Ended)
            {
                held.Remove(number);
            }
        }

        last++;
        if (interrupts.Run is { } scope && scope.Number == run
            && desk.BeginShield(scope, TimeSpan.FromTicks(Math.Max(1, (long)(seconds * TimeSpan.TicksPerSecond))), inCleanup: false) is { } shield)
        {
            held[last] = shield;
        }

        return last;
    }

    /// <summary>What was held off is delivered by the next <see cref="PythonInterrupts.Dispatch"/>.</summary>
    public void End(long number)
    {
        if (held.Remove(number, out var shield))
        {
            desk.EndShield(shield);
        }
    }
}
