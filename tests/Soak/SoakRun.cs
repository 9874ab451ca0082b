using System.Text;
using ProcInterrupt.Interrupts;

namespace ProcInterrupt.Tests.Soak;

/// <summary>One run, who asked it what, and what it said.</summary>
internal sealed class SoakRun
{
    // More would wait for the run's end, and be too late.
    private const int MaxOpenRequests = 12;

    private readonly Lock gate = new();
    private readonly List<SoakRequest> requests = [];
    private readonly List<SoakRequest> unanswered = [];
    private readonly StringBuilder text = new();
    private readonly SoakTally tally;
    private readonly Task reading;
    private volatile bool started;
    private int unawaited;
    private bool closed;

    public SoakRun(Run run, SoakProgram program, long tag, SoakLife life, SoakTally tally)
    {
        Run = run;
        Program = program;
        Tag = tag;
        Life = life;
        this.tally = tally;
        reading = Task.Run(ReadAsync);
    }

    public Run Run { get; }

    public SoakProgram Program { get; }

    /// <summary>No other run's in this soak.</summary>
    public long Tag { get; }

    public SoakLife Life { get; }

    /// <summary>What set its session up, or null.</summary>
    public SoakRun? Setup { get; init; }

    public bool HasDeadline { get; init; }

    /// <summary>What strangers had written by then, by signal: looked at before the run was sent, or one of it might seem to be nobody's.</summary>
    public required long[] StrangersBefore { get; init; }

    public bool Started => started;

    public int Unawaited => unawaited;

    /// <summary>More was printed than is kept, so that what is missing says nothing.</summary>
    public bool Dropped { get; private set; }

    /// <summary>All that it printed to its standard output; valid after <see cref="CloseAsync"/>.</summary>
    public string Text => text.ToString();

    /// <summary>Asks the run; not any more once it is being judged.</summary>
    public void Ask(Signal signal, bool awaited)
    {
        lock (gate)
        {
            unanswered.RemoveAll(static request => request.Receipt.IsCompleted);
            if (closed || unanswered.Count >= MaxOpenRequests)
            {
                return;
            }

            var number = tally.Asked();
            if (!awaited)
            {
                unawaited++;
                Run.Interrupt(signal);
                return;
            }

            var id = $"{Tag}-{number}";
            var from = MonotonicClock.Nanos;
            var receipt = Run.InterruptAsync(signal, id);
            var request = new SoakRequest(id, signal, Policy: null, (from, MonotonicClock.Nanos), receipt);
            requests.Add(request);
            unanswered.Add(request);
        }
    }

    /// <summary>Stops the run for certain.</summary>
    public void Stop(StopPolicy policy)
    {
        lock (gate)
        {
            if (closed)
            {
                return;
            }

            var id = $"{Tag}-{tally.Asked()}";
            var from = MonotonicClock.Nanos;
            var receipt = Run.StopAsync(policy, id);
            requests.Add(new SoakRequest(id, policy.Signal, policy, (from, MonotonicClock.Nanos), receipt));
        }
    }

    /// <summary>Takes no request any more, and waits until everything it did has been read.</summary>
    /// <exception cref="TimeoutException">Its events do not end.</exception>
    public async Task<IReadOnlyList<SoakRequest>> CloseAsync(TimeSpan bound)
    {
        lock (gate)
        {
            closed = true;
        }

        await reading.WaitAsync(bound);
        return requests;
    }

    private async Task ReadAsync()
    {
        await foreach (var next in Run.Events)
        {
            switch (next)
            {
                case RunStartedEvent:
                    started = true;
                    break;
                case OutputEvent { Stream: OutputStream.Stdout } output when Program.Tells || Program.IsSetup:
                    text.Append(output.Text);
                    break;
                case OutputDroppedEvent:
                    Dropped = true;
                    break;
                default:
                    break;
            }
        }
    }
}
