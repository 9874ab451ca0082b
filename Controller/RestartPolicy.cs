namespace ProcInterrupt;

/// <summary>Whether and how a worker that was ended, because a run of its did not stop, is replaced by a new one.</summary>
/// <remarks>
/// <para>
/// The <see cref="Worker"/> stays the same object with a new process: <see cref="Worker.Generation"/> grows, runs are numbered
/// on, and a <see cref="WorkerReplacedEvent"/> among <see cref="Worker.BackgroundEvents"/> tells. The session's variables and
/// modules are gone; <see cref="StartUp"/> is there to make what the code needs.
/// </para>
/// <para>
/// The run that was in the worker ends as <see cref="RunOutcome.Terminated"/>, <see cref="RunOutcome.Killed"/> or
/// <see cref="RunOutcome.WorkerLost"/>; it is not run again. What is queued goes on in the replacement, after the start-up run.
/// </para>
/// <para>
/// The replacement has an interrupt buffer of its own, so that <see cref="Worker.MapPath"/> changes; a buffer that
/// <see cref="Worker.SetInterruptBufferAsync"/> set is kept.
/// </para>
/// </remarks>
public sealed record RestartPolicy
{
    /// <summary>Whether a worker that is lost otherwise (a crash, somebody else's kill, a broken protocol) is replaced too.</summary>
    /// <value>Default <see langword="false"/>: only after <see cref="InterruptRung.Terminate"/> and <see cref="InterruptRung.Kill"/>.</value>
    public bool WhenLost { get; init; }

    /// <summary>Run in each replacement before anything else; the first process does not run it.</summary>
    /// <value>Default <see langword="null"/>: none. A replacement in which it does not succeed has failed.</value>
    public StartUpRun? StartUp { get; init; }

    /// <summary>How often in a row a replacement may fail before the worker is given up.</summary>
    /// <value>
    /// 1 or more; default 3. One that does not start, whose <see cref="StartUp"/> does not succeed, or that is lost by itself
    /// before a run was completed in it, has failed. Stops that end the worker again and again do not count.
    /// </value>
    public int Attempts { get; init; } = 3;

    /// <summary>How long is waited after a failure; doubled with each further one in a row, up to 30 s.</summary>
    /// <value>Zero to 30 s; default 200 ms. The first attempt is made at once.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between attempts.</summary>
    internal static TimeSpan LongestDelay => TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal static void Check(RestartPolicy policy)
    {
        if (policy.Attempts < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(policy), policy.Attempts, "At least one attempt is made.");
        }

        if (policy.RetryDelay < TimeSpan.Zero || policy.RetryDelay > LongestDelay)
        {
            throw new ArgumentOutOfRangeException(nameof(policy), policy.RetryDelay, "A delay is 0 to 30 s.");
        }

        if (policy.StartUp is { } first && (first.Timeout <= TimeSpan.Zero || first.Timeout.TotalMilliseconds > int.MaxValue))
        {
            throw new ArgumentOutOfRangeException(nameof(policy), first.Timeout, "A timeout is more than 0, and at most 2,147,483,647 milliseconds.");
        }
    }

    /// <summary>What is waited before the next attempt.</summary>
    /// <param name="failures">How many failed in a row.</param>
    internal TimeSpan DelayAfter(int failures)
    {
        const int enough = 20;
        var delay = failures == 0 ? TimeSpan.Zero : RetryDelay * (1 << Math.Min(failures - 1, enough));
        return delay < LongestDelay ? delay : LongestDelay;
    }
}
