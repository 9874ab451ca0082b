using System.Diagnostics;
using ProcInterrupt.Interrupts;

namespace ProcInterrupt.Runs;

/// <summary>One way up the ladder: a request that goes on, rung by rung, until the run has ended.</summary>
internal sealed class Climb
{
    /// <summary>How often insist is repeated. The worker keeps at it by itself; this is for a word that was overwritten or lost.</summary>
    private static readonly TimeSpan InsistInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>How long before the end of a rung's grace it is asked why the run has not stopped: the answer takes some 20 to 300 ms.</summary>
    private static readonly TimeSpan DiagnosisLead = TimeSpan.FromMilliseconds(400);

    /// <summary>In less than this nothing is found out.</summary>
    private static readonly TimeSpan ShortestDiagnosed = TimeSpan.FromMilliseconds(100);

    private readonly Dispatcher dispatcher;
    private readonly RunRecord run;
    private readonly StopPolicy policy;
    private readonly InterruptRequest request;

    /// <param name="dispatcher">Does what the rungs ask for.</param>
    /// <param name="run">The run.</param>
    /// <param name="policy">Checked already.</param>
    /// <param name="id">For the receipt.</param>
    public Climb(Dispatcher dispatcher, RunRecord run, StopPolicy policy, string? id)
    {
        this.dispatcher = dispatcher;
        this.run = run;
        this.policy = policy;
        request = new InterruptRequest(run.Number, policy.Signal, policy.FirstRung, id, untilEnd: true, awaited: true);
    }

    /// <summary>Climbs. Called once.</summary>
    public async Task<InterruptReceipt> ToTheEndAsync()
    {
        dispatcher.Interrupt(run, request);
        for (var rung = request.Rung; ; rung = policy.After(rung))
        {
            Begin(rung);
            var grace = policy.GraceOf(rung);
            if (rung <= InterruptRung.Insist && grace >= ShortestDiagnosed)
            {
                _ = DiagnoseAsync(grace);
            }

            if (await EndsWithinAsync(grace, rung).ConfigureAwait(false))
            {
                return await request.Receipt.ConfigureAwait(false);
            }
        }
    }

    private void Begin(InterruptRung rung)
    {
        switch (rung)
        {
            case InterruptRung.Insist when rung != request.Rung:
                dispatcher.Insist(run, request);
                break;
            case InterruptRung.Terminate:
                dispatcher.Terminate(run);
                break;
            case InterruptRung.Kill:
                dispatcher.Kill(run);
                break;
            default:
                // The request itself.
                break;
        }
    }

    /// <summary>Beside the climb, which waits for nothing of it.</summary>
    private async Task DiagnoseAsync(TimeSpan grace)
    {
        var lead = grace / 2 < DiagnosisLead ? grace / 2 : DiagnosisLead;
        if (await Task.WhenAny(request.Receipt, Task.Delay(grace - lead)).ConfigureAwait(false) != request.Receipt)
        {
            run.Diagnosis.Add(await dispatcher.DiagnoseAsync(run, lead + DiagnosisLead, CancellationToken.None).ConfigureAwait(false));
        }
    }

    /// <returns>Whether the run has ended; otherwise the whole grace is over.</returns>
    private async Task<bool> EndsWithinAsync(TimeSpan grace, InterruptRung rung)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!request.Receipt.IsCompleted)
        {
            var wait = grace;
            if (grace != Timeout.InfiniteTimeSpan)
            {
                // Timers count whole milliseconds, and may ring up to one early.
                wait = TimeSpan.FromMilliseconds(Math.Ceiling((grace - Stopwatch.GetElapsedTime(begun)).TotalMilliseconds));
                if (wait <= TimeSpan.Zero)
                {
                    return false;
                }
            }

            if (rung == InterruptRung.Insist && (wait == Timeout.InfiniteTimeSpan || wait > InsistInterval))
            {
                wait = InsistInterval;
            }

            try
            {
                await request.Receipt.WaitAsync(wait).ConfigureAwait(false);
            }
            catch (TimeoutException) when (rung == InterruptRung.Insist)
            {
                dispatcher.Insist(run, request);
            }
            catch (TimeoutException)
            {
                // The time is looked at again.
            }
        }

        return true;
    }
}
