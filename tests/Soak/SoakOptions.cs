namespace ProcInterrupt.Tests.Soak;

/// <summary>What a soak does.</summary>
internal sealed record SoakOptions
{
    /// <summary>Ends after so many requests to interrupt; null for <see cref="Duration"/> alone.</summary>
    public long? Interrupts { get; init; }

    /// <summary>Ends after so long; null for <see cref="Interrupts"/> alone.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Decides all that is random, but for the time that things take.</summary>
    public int Seed { get; init; } = Random.Shared.Next();

    /// <summary>Workers at work at the same time. The first is never killed, so that what grows in it is seen.</summary>
    public int Workers { get; init; } = 3;

    /// <summary>Percent of the programs that are of all kinds rather than cheap.</summary>
    public int WidePercent { get; init; } = 3;

    /// <summary>Requests to a mortal worker, at most, before it is killed.</summary>
    public int RequestsToDeath { get; init; } = 6_000;

    /// <summary>Requests between two looks at what is used.</summary>
    public long Interval { get; init; } = 100_000;
}
