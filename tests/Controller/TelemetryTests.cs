using System.Diagnostics;
using System.Diagnostics.Metrics;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Runs_and_receipts_are_measured_and_traced()
    {
        // Other tests measure and trace too: this one knows its own by the engine's name.
        const string engine = "telemetry-test";
        var outcomes = new List<string>();
        var reported = 0;
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "ProcInterrupt")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value as string);
            if (instrument.Name == "procinterrupt.runs" && values["engine"] == engine)
            {
                outcomes.Add(values["outcome"]!);
            }
            else if (instrument.Name == "procinterrupt.interrupt.reported")
            {
                Interlocked.Increment(ref reported);
            }
        });
        meters.Start();
        var activities = new List<Activity>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ProcInterrupt",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("procinterrupt.engine") as string == engine)
                {
                    activities.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(traces);

        var dispatcher = Dispatchers.Connected(new RecordingOutbox(), static () => { }, 0);
        using var parent = new Activity("parent").Start();
        var run = dispatcher.Run(engine, "", new RunOptions());
        Assert.Same(parent, Activity.Current);
        dispatcher.Receive(new RunStartedMessage(run.Number, 0));
        run.Interrupt();
        dispatcher.Receive(new RunCompletedMessage(run.Number, RunOutcome.Failed, default, null, new RunError("T", "m", ""), null, 0, 0));
        await run.Completion;

        Assert.Equal(["Failed"], outcomes);
        Assert.True(reported > 0, "No receipt was measured.");
        var traced = Assert.Single(activities);
        Assert.Equal((parent.SpanId, ActivityStatusCode.Error), (traced.ParentSpanId, traced.Status));
    }
}
