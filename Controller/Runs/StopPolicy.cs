namespace ProcInterrupt;

/// <summary>How patiently a run is stopped, and how far up the ladder.</summary>
/// <remarks>
/// A grace is how long the run may go on after its rung before the next one follows: 0 to 2,147,483,647 milliseconds, or
/// <see cref="Timeout.InfiniteTimeSpan"/> for never. A rung whose grace is zero is passed over. The highest rung lasts until
/// the run has ended, whatever its grace.
/// </remarks>
public sealed record StopPolicy
{
    /// <summary>No patience: the worker is killed at once.</summary>
    public static StopPolicy AtOnce { get; } = new() { SignalGrace = TimeSpan.Zero, InsistGrace = TimeSpan.Zero, TerminateGrace = TimeSpan.Zero };

    /// <summary>The signal to begin with.</summary>
    /// <value>1 to 64. Default <see cref="ProcInterrupt.Signal.Interrupt"/>.</value>
    public Signal Signal { get; init; } = Signal.Interrupt;

    /// <summary>How long the code may go on after the signal, which it may catch, before it is insisted.</summary>
    /// <value>Default 1 s.</value>
    public TimeSpan SignalGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the code may go on while it is insisted, again and again, before the worker is told to end.</summary>
    /// <value>Default 2 s.</value>
    public TimeSpan InsistGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the worker may take to send what was printed and to end, before its processes are killed.</summary>
    /// <value>Default 2 s.</value>
    public TimeSpan TerminateGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The rung that is not gone beyond; with <see cref="InterruptRung.Insist"/> the session is never given up.</summary>
    /// <value>Default <see cref="InterruptRung.Kill"/>. With any other, a run that withstands goes on for ever.</value>
    public InterruptRung HighestRung { get; init; } = InterruptRung.Kill;

    /// <summary>The first rung that is not passed over.</summary>
    internal InterruptRung FirstRung => IsPassedOver(InterruptRung.Signal) ? After(InterruptRung.Signal) : InterruptRung.Signal;

    /// <summary>How long a rung lasts.</summary>
    internal TimeSpan GraceOf(InterruptRung rung) => rung == HighestRung ? Timeout.InfiniteTimeSpan : Given(rung);

    /// <summary>The rung after one that is not the highest.</summary>
    internal InterruptRung After(InterruptRung rung)
    {
        do
        {
            rung++;
        }
        while (IsPassedOver(rung));

        return rung;
    }

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal static void Check(StopPolicy policy)
    {
        if (policy.Signal is Signal.None or > Signal.Max)
        {
            throw new ArgumentOutOfRangeException(nameof(policy), policy.Signal, "A signal is a number from 1 to 64.");
        }

        if (policy.HighestRung > InterruptRung.Kill)
        {
            throw new ArgumentOutOfRangeException(nameof(policy), policy.HighestRung, "There is no such rung.");
        }

        CheckGrace(nameof(SignalGrace), policy.SignalGrace);
        CheckGrace(nameof(InsistGrace), policy.InsistGrace);
        CheckGrace(nameof(TerminateGrace), policy.TerminateGrace);
    }

    private static void CheckGrace(string name, TimeSpan grace)
    {
        if (grace != Timeout.InfiniteTimeSpan && (grace < TimeSpan.Zero || grace.TotalMilliseconds > int.MaxValue))
        {
            throw new ArgumentOutOfRangeException(name, grace, "A grace is 0 to 2,147,483,647 milliseconds, or infinite.");
        }
    }

    private TimeSpan Given(InterruptRung rung) => rung switch
    {
        InterruptRung.Signal => SignalGrace,
        InterruptRung.Insist => InsistGrace,
        InterruptRung.Terminate => TerminateGrace,
        _ => Timeout.InfiniteTimeSpan,
    };

    private bool IsPassedOver(InterruptRung rung) => rung < HighestRung && Given(rung) == TimeSpan.Zero;
}
