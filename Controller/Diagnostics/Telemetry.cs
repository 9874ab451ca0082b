using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ProcInterrupt.Diagnostics;

/// <summary>Metrics and traces, both under the name <c>ProcInterrupt</c>.</summary>
internal static class Telemetry
{
    public const string Name = "ProcInterrupt";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Source = new(Name);
    private static readonly Counter<long> Runs = Meter.CreateCounter<long>("procinterrupt.runs", "{run}", "Runs that ended, by outcome and engine.");
    private static readonly Counter<long> Receipts = Meter.CreateCounter<long>("procinterrupt.receipts", "{receipt}", "Requests to interrupt that were settled, by status and rung.");
    private static readonly Histogram<long> Taken = Meter.CreateHistogram<long>("procinterrupt.interrupt.taken", "us", "From a request until the run took it.");
    private static readonly Histogram<long> Reported = Meter.CreateHistogram<long>("procinterrupt.interrupt.reported", "us", "From a request until its receipt.");

    /// <summary>The activity of a run in the worker; null when nobody listens.</summary>
    public static Activity? StartRun(Run run, ActivityContext parent)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // Starting makes it the current one of whichever thread this is, which may be the reading thread: put that back.
        var before = Activity.Current;
        var activity = Source.StartActivity("procinterrupt.run", ActivityKind.Client, parent);
        activity?.SetTag("procinterrupt.engine", run.Engine);
        activity?.SetTag("procinterrupt.run", run.Number);
        Activity.Current = before;
        return activity;
    }

    public static void EndRun(Run run, RunResult result, Activity? activity)
    {
        Runs.Add(1, new("outcome", result.Outcome.ToString()), new("engine", run.Engine));
        if (activity is not null)
        {
            activity.SetTag("procinterrupt.outcome", result.Outcome.ToString());
            if (result.Outcome is not (RunOutcome.Succeeded or RunOutcome.Interrupted))
            {
                activity.SetStatus(ActivityStatusCode.Error, result.Error?.Message);
            }

            var before = Activity.Current;
            activity.Dispose();
            Activity.Current = before;
        }
    }

    public static void Count(InterruptReceipt receipt)
    {
        Receipts.Add(1, new("status", receipt.Status.ToString()), new("rung", receipt.Rung.ToString()));
        Reported.Record(receipt.ReportedMicros);
        if (receipt.TakenMicros is { } micros)
        {
            Taken.Record(micros);
        }
    }
}
