using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ProcInterrupt.Tests.Soak;

/// <summary>What happened so far. Safe from any thread.</summary>
internal sealed class SoakTally : IDisposable
{
    // More would be the same again.
    private const int MaxFaultTexts = 50;

    private readonly ConcurrentDictionary<string, long> counts = new();
    private readonly ConcurrentQueue<string> faults = new();
    private readonly long[] faultCounts = new long[Enum.GetValues<SoakFault>().Length];
    private readonly MeterListener listener = new();
    private readonly TextWriter faultsTo;
    private long asked;
    private long receipts;

    /// <param name="faultsTo">Told of faults as they are found.</param>
    public SoakTally(TextWriter faultsTo)
    {
        this.faultsTo = faultsTo;
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Name == "procinterrupt.receipts")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            Interlocked.Add(ref receipts, count);
            foreach (var tag in tags)
            {
                if (tag.Key == "status")
                {
                    Count($"receipt {tag.Value}");
                }
            }
        });
        listener.Start();
    }

    /// <summary>Requests that were made.</summary>
    public long Requests => Interlocked.Read(ref asked);

    /// <summary>Receipts that were issued, to whoever waits or not: by the library's own count.</summary>
    public long Receipts => Interlocked.Read(ref receipts);

    public IReadOnlyDictionary<string, long> Counts => counts;

    public IEnumerable<string> Faults => faults;

    /// <returns>The request's number.</returns>
    public long Asked() => Interlocked.Increment(ref asked);

    public void Count(string what) => counts.AddOrUpdate(what, 1, static (_, count) => count + 1);

    public void Add(SoakFault fault, string text)
    {
        Interlocked.Increment(ref faultCounts[(int)fault]);
        if (faults.Count < MaxFaultTexts)
        {
            faults.Enqueue($"{fault}: {text}");
            faultsTo.WriteLine($"{fault}: {text}");
        }
    }

    public long Of(SoakFault fault) => Interlocked.Read(ref faultCounts[(int)fault]);

    public void Dispose() => listener.Dispose();
}
