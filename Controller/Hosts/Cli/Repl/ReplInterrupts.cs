using System.Diagnostics.CodeAnalysis;
using ProcInterrupt.Cli.Running;

namespace ProcInterrupt.Cli.Repl;

/// <summary>What Ctrl+C and SIGTERM mean at the moment: to the run if there is one, otherwise to the entry being made. Safe from any thread.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without timer and links holds nothing; the last one may be cancelled by a late signal.")]
internal sealed class ReplInterrupts
{
    private readonly Lock gate = new();
    private CancellationTokenSource entry = new();
    private RunStopper? stopper;
    private bool ended;

    /// <summary>Told, on the signal's thread, of each press that goes to a run.</summary>
    public Action Pressed { get; set; } = static () => { };

    /// <summary>Whether SIGTERM came.</summary>
    public bool IsEnded
    {
        get
        {
            lock (gate)
            {
                return ended;
            }
        }
    }

    /// <summary>Begins a new entry; a press until now does not count for it.</summary>
    /// <returns>Cancelled by Ctrl+C, as long as no run has begun, and by SIGTERM.</returns>
    public CancellationToken BeginEntry()
    {
        lock (gate)
        {
            // The one before may still be telling its listeners, and holds nothing that needs to be disposed of.
            entry = new CancellationTokenSource();
            if (ended)
            {
                entry.Cancel();
            }

            return entry.Token;
        }
    }

    /// <summary>Starts the entry's run; from here on Ctrl+C is the run's.</summary>
    /// <param name="start">Queues it.</param>
    /// <exception cref="OperationCanceledException">Ctrl+C or SIGTERM came before; nothing was started.</exception>
    public Run StartRun(Func<Run> start)
    {
        lock (gate)
        {
            entry.Token.ThrowIfCancellationRequested();
            var run = start();
            stopper = new RunStopper(run);
            return run;
        }
    }

    /// <summary>The run is over and shown.</summary>
    public void EndRun()
    {
        lock (gate)
        {
            stopper = null;
        }
    }

    /// <summary>Ctrl+C.</summary>
    public void Press()
    {
        RunStopper? current;
        lock (gate)
        {
            current = stopper;
            if (current is null)
            {
                // Decided under the lock, so that it is not the next entry's; its listeners are told elsewhere.
                _ = entry.CancelAsync();
            }
        }

        if (current is not null)
        {
            Pressed();
            current.Press();
        }
    }

    /// <summary>SIGTERM.</summary>
    public void End()
    {
        lock (gate)
        {
            ended = true;
            _ = entry.CancelAsync();
        }
    }
}
