using System.Globalization;
using System.Text.RegularExpressions;

namespace ProcInterrupt.Tests.Soak;

/// <summary>Holds the handlers that a run's code has entered, and those that went through, against the receipts.</summary>
/// <remarks>
/// That a handler is entered cannot be broken off (<see cref="SoakPrograms"/>), so this is exact: a handler is entered once for each
/// word that is taken with its signal. Requests may share a word, and how many words there were at least is in the receipts'
/// times. What a handler does then is another matter: they nest, and one SIGINT may break off all that are under way.
/// </remarks>
internal static partial class SoakHandlers
{
    /// <summary>Judges a run whose text is complete.</summary>
    /// <param name="run">What was run.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="receipts">Those of the requests that somebody waits for.</param>
    /// <param name="strangers">By signal, how often others have written it meanwhile.</param>
    /// <param name="must">Told of what has to hold.</param>
    public static void Judge(
        SoakRun run, RunResult result, List<(SoakRequest Request, InterruptReceipt Receipt)> receipts, long[] strangers, Action<SoakFault, bool, string> must)
    {
        var lost = result.Outcome is not (RunOutcome.Succeeded or RunOutcome.Failed or RunOutcome.Interrupted);
        var all = receipts.Select(static pair => pair.Receipt).Concat(result.Receipts.Where(static receipt => receipt.Id is null)).ToList();
        var entered = Count(Entered(), run.Text);
        var ended = Count(Ended(), run.Text);

        // A lost worker may not have come to say what it took.
        var taken = Enumerable.Range(0, strangers.Length)
            .Select(signal => all.Count(receipt => (int)receipt.Signal == signal && (lost || receipt.TakenMicros is not null)) + strangers[signal])
            .ToArray();
        for (var signal = 1; signal <= (int)Signal.Max; signal++)
        {
            must(SoakFault.Misdelivered, entered[signal] == 0 || taken[signal] > 0, $"the handler of {signal} was called, and nobody's request was taken");
            must(SoakFault.Duplicated, entered[signal] <= taken[signal] || taken[signal] == 0, $"the handler of {signal} was called {entered[signal]} times for {taken[signal]} requests");
            must(SoakFault.Wrong, ended[signal] <= entered[signal], $"the handler of {signal} was entered {entered[signal]} times, and came to its end {ended[signal]} times");
        }

        if (run.Setup is not { Run.Completion: { IsCompletedSuccessfully: true, Result.Outcome: RunOutcome.Succeeded } }
            || result.Outcome is not (RunOutcome.Succeeded or RunOutcome.Interrupted))
        {
            return;
        }

        var isBroken = result.Outcome == RunOutcome.Interrupted || run.HasDeadline || taken[(int)Signal.Interrupt] > 0
            || receipts.Exists(static pair => pair.Receipt.Rungs.Any(static begun => begun.Rung >= InterruptRung.Insist));
        foreach (var group in receipts.GroupBy(static pair => pair.Request.Signal).Where(group => HasHandler(run, group.Key)))
        {
            var signal = (int)group.Key;
            var spans = group.Where(static pair => pair is { Request.Policy: null, Receipt.Status: ReceiptStatus.Handled })
                .Select(static pair => TakenBetween(pair.Request, pair.Receipt))
                .ToList();
            var least = LeastWords(spans);
            must(SoakFault.Lost, entered[signal] >= least, $"the handler of {signal} was called {entered[signal]} times for {least} words at least, taken between {string.Join(", ", spans)} ns");
            must(SoakFault.Lost, isBroken || ended[signal] == entered[signal], $"the handler of {signal} was entered {entered[signal]} times and ended {ended[signal]} times, and nothing broke it off");
        }
    }

    /// <summary>The fewest moments that have one in each of these spans: as many words were taken at least.</summary>
    public static int LeastWords(IReadOnlyList<(long From, long To)> spans)
    {
        var words = 0;
        var last = long.MinValue;
        foreach (var (from, to) in spans.OrderBy(static span => span.To))
        {
            if (words == 0 || from > last)
            {
                words++;
                last = to;
            }
        }

        return words;
    }

    /// <summary>When its word was taken. One that joined others at the last moment may have been taken with them before it was made.</summary>
    private static (long From, long To) TakenBetween(SoakRequest request, InterruptReceipt receipt)
    {
        var after = receipt.TakenMicros!.Value * 1000;
        return (after == 0 ? long.MinValue : request.AskedNanos.From + after, request.AskedNanos.To + after + 999);
    }

    /// <summary>Whether the set-up gave it one; Python refuses some.</summary>
    private static bool HasHandler(SoakRun run, Signal signal) => signal != Signal.Interrupt && (run.Program.Engine == "csharp" || (int)signal is not (9 or 19 or 32 or 33));

    private static int[] Count(Regex marks, string text)
    {
        var counts = new int[(int)Signal.Max + 1];
        foreach (Match mark in marks.Matches(text))
        {
            counts[int.Parse(mark.Groups[1].ValueSpan, CultureInfo.InvariantCulture)]++;
        }

        return counts;
    }

    [GeneratedRegex("<([0-9]+)>")]
    private static partial Regex Entered();

    [GeneratedRegex(@"\(([0-9]+)\)")]
    private static partial Regex Ended();
}
