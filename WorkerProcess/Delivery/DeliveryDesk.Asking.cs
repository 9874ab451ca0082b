using System.Diagnostics;
using ProcInterrupt.WorkerProcess.Diagnosis;

namespace ProcInterrupt.WorkerProcess.Delivery;

/// <content>Whether a run polls: the trip byte brings its threads to the slow path of their checkpoints, where they say so and go on.</content>
internal sealed partial class DeliveryDesk
{
    /// <summary>Whether the thread that executes runs waits for what the run's code awaits.</summary>
    public bool IsAwaiting => waitingThread != 0;

    /// <summary>Asks a run's threads to say when they come to a checkpoint; <see cref="StopAsking"/> follows.</summary>
    public void AskForCheckpoint(RunScope scope)
    {
        lock (gate)
        {
            scope.Seen = null;
            scope.IsAsked = !scope.Ended;
            if (scope.IsAsked)
            {
                SetTrip();
            }
        }
    }

    /// <returns>What was seen; <see langword="null"/> when no thread came to a checkpoint.</returns>
    public CheckpointSeen? StopAsking(RunScope scope)
    {
        lock (gate)
        {
            scope.IsAsked = false;
            if (current == scope)
            {
                ClearTrip(scope);
            }

            return scope.Seen;
        }
    }

    /// <summary>Called by a thread at a checkpoint.</summary>
    private static void TellIfAsked(RunScope scope)
    {
        if (!scope.IsAsked || scope.Seen is not null)
        {
            return;
        }

        // Told first, since of a deep recursion the stack takes its time.
        var told = new CheckpointSeen(CleanupDepth.InCleanup, null);
        if (scope.TryTell(told, null))
        {
            scope.TryTell(told with { Stack = new StackTrace(fNeedFileInfo: true) }, told);
        }
    }
}
