using System.Text.RegularExpressions;

namespace ProcInterrupt.Tests.Soak;

/// <summary>Holds what a run did against what was asked of it.</summary>
internal static partial class SoakJudge
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Judges a run that has ended.</summary>
    public static async Task JudgeAsync(SoakRun run, SoakTally tally)
    {
        var result = await run.Run.Completion;
        var requests = await run.CloseAsync(Bound);
        var strangers = run.Life.Strangers.Counts().Zip(run.StrangersBefore, static (after, before) => after - before).ToArray();
        var receipts = new List<(SoakRequest Request, InterruptReceipt Receipt)>();
        foreach (var request in requests)
        {
            await Task.WhenAny(request.Receipt, Task.Delay(Bound));
            if (request.Receipt.IsCompletedSuccessfully)
            {
                receipts.Add((request, await request.Receipt));
            }
            else
            {
                tally.Add(SoakFault.Lost, $"request {request.Id}, {Tell(run, result, receipts)}");
            }
        }

        void Must(SoakFault fault, bool holds, string what)
        {
            if (!holds)
            {
                tally.Add(fault, $"{what}; {Tell(run, result, receipts)}");
            }
        }

        tally.Count($"run {result.Outcome}");
        JudgeReceipts(run, result, receipts, Must);
        JudgeOutcome(run, result, receipts, strangers, Must);
        JudgeText(run, result, receipts, strangers, Must);
    }

    private static void JudgeReceipts(SoakRun run, RunResult result, List<(SoakRequest Request, InterruptReceipt Receipt)> receipts, Action<SoakFault, bool, string> must)
    {
        foreach (var (request, receipt) in receipts)
        {
            must(SoakFault.Misdelivered, receipt.Id == request.Id && receipt.Run == run.Run.Number && receipt.Signal == request.Signal, $"receipt {receipt} for {request.Id}");
            must(SoakFault.Wrong, receipt.StatePreserved == receipt.Status is not (ReceiptStatus.Terminated or ReceiptStatus.Killed or ReceiptStatus.WorkerLost), $"state in {receipt}");
        }

        JudgeRungs(result, receipts, must);
        var ids = receipts.Select(static pair => pair.Request.Id).ToHashSet();
        var inResult = result.Receipts.Where(static receipt => receipt.Id is not null).ToList();
        must(SoakFault.Duplicated, inResult.DistinctBy(static receipt => receipt.Id).Count() == inResult.Count, "two receipts for one request");
        must(SoakFault.Misdelivered, inResult.All(receipt => ids.Contains(receipt.Id!)), "another run's receipt");
        must(SoakFault.Duplicated, result.Receipts.Count - inResult.Count <= run.Unawaited, "more receipts than requests that nobody waits for");
        var told = inResult.Select(static receipt => receipt.Id!).ToHashSet();
        must(SoakFault.Lost, receipts.All(pair => told.Contains(pair.Request.Id) || pair.Receipt.Status == ReceiptStatus.TooLate), "a receipt is not in the result");
    }

    /// <summary>Nothing beyond what somebody asked for, each rung once and in the order of time, and the worker ended by the rung that the receipt names.</summary>
    private static void JudgeRungs(RunResult result, List<(SoakRequest Request, InterruptReceipt Receipt)> receipts, Action<SoakFault, bool, string> must)
    {
        var allowed = receipts.Max(static pair => pair.Request.Policy?.HighestRung) ?? InterruptRung.Signal;
        foreach (var (request, receipt) in receipts)
        {
            must(SoakFault.Wrong, receipt.Rung <= allowed, $"{receipt.Rung} was begun, and nobody asked for more than {allowed}");
            must(SoakFault.Wrong, receipt.Rungs.Zip(receipt.Rungs.Skip(1)).All(static pair => pair.First.Micros <= pair.Second.Micros) && receipt.Rungs.DistinctBy(static begun => begun.Rung).Count() == receipt.Rungs.Count, $"the rungs {string.Join(", ", receipt.Rungs)}");
            must(SoakFault.Wrong, request.Policy is null || receipt.Status != ReceiptStatus.Handled || result.Outcome is RunOutcome.Succeeded or RunOutcome.Failed, "a stop was handled, and the run ended otherwise");
            must(SoakFault.Wrong, (receipt.Status == ReceiptStatus.Killed) == (result.Outcome == RunOutcome.Killed) || receipt.Status == ReceiptStatus.TooLate || receipt.Status == ReceiptStatus.Handled, "killed or not");
            must(SoakFault.Wrong, receipt.Status != ReceiptStatus.Terminated || receipt.Rungs.Any(static time => time.Rung == InterruptRung.Terminate), "terminated without that rung");
        }
    }

    private static void JudgeOutcome(
        SoakRun run, RunResult result, List<(SoakRequest Request, InterruptReceipt Receipt)> receipts, long[] strangers, Action<SoakFault, bool, string> must)
    {
        var statuses = result.Receipts.Concat(receipts.Select(static pair => pair.Receipt)).Select(static receipt => receipt.Status).ToHashSet();
        var lost = result.Outcome is RunOutcome.Terminated or RunOutcome.Killed or RunOutcome.WorkerLost;
        must(SoakFault.Wrong, !lost || run.Life.MayDie, "the worker ended by itself");
        must(SoakFault.Wrong, lost || !statuses.Overlaps([ReceiptStatus.Terminated, ReceiptStatus.Killed, ReceiptStatus.WorkerLost]), "a receipt tells of an end that the run did not have");
        must(SoakFault.Wrong, !lost || !statuses.Overlaps([ReceiptStatus.Interrupted, ReceiptStatus.NeverStarted]), "a receipt tells of an interrupt that the run did not have");
        must(
            SoakFault.Misdelivered,
            result.Outcome != RunOutcome.Interrupted || statuses.Overlaps([ReceiptStatus.Interrupted, ReceiptStatus.NeverStarted])
                || strangers[(int)Signal.Interrupt] > 0 || (run.HasDeadline && result.Reason == InterruptReason.Deadline),
            "interrupted by nobody");
        must(SoakFault.Wrong, result.Outcome == RunOutcome.Interrupted || !statuses.Overlaps([ReceiptStatus.Interrupted, ReceiptStatus.NeverStarted]), "a receipt says interrupted");
        must(SoakFault.Wrong, !run.Started || !statuses.Contains(ReceiptStatus.NeverStarted), "never started, and it did");
        var failedSetup = run.Setup is { } setup && setup.Run.Completion.Result.Outcome != RunOutcome.Succeeded;
        must(SoakFault.Wrong, result.Outcome != RunOutcome.Failed || run.Program.MayFail || failedSetup || IsPythonsOwn(run, result), "it failed");
        must(
            SoakFault.Misdelivered,
            !(run.Program.IsInnocent || run.Program.IsSetup) || result.Outcome == RunOutcome.Succeeded || lost || strangers[(int)Signal.Interrupt] > 0,
            "nobody asked it to stop");
        must(SoakFault.Wrong, !run.Program.IsInnocent || result.Outcome != RunOutcome.Succeeded || result.Value?.Text == "42", $"the value {result.Value?.Text}");
    }

    /// <summary>
    /// What an interrupt does in CPython itself. With about three in a thousand pairs of SIGINTs: Condition.wait of threading has
    /// moments in which it leaves the lock released, and the block around it then fails to release it. More seldom: asyncio.run
    /// counts the SIGINTs from 0 only after it has set its handler, and takes one that came before for a cancellation.
    /// </summary>
    private static bool IsPythonsOwn(SoakRun run, RunResult result) => result.Error switch
    {
        { Type: "RuntimeError", Message: "release unlocked lock" } => run.Program.Code.Contains("threading.Event().wait()", StringComparison.Ordinal),
        { Type: "asyncio.exceptions.CancelledError" } => run.Program.Code.Contains("asyncio.run(main())", StringComparison.Ordinal),
        _ => false,
    };

    private static void JudgeText(
        SoakRun run, RunResult result, List<(SoakRequest Request, InterruptReceipt Receipt)> receipts, long[] strangers, Action<SoakFault, bool, string> must)
    {
        var tags = Tags().Matches(run.Text);
        var setUp = run.Setup is { } setup && setup.Run.Completion.Result.Outcome == RunOutcome.Succeeded;
        var expected = run.Setup is null ? $"[{run.Tag}]" : $"[{run.Tag}:{run.Setup.Tag}]";
        must(SoakFault.Misdelivered, tags.All(match => match.Value == expected) || (run.Setup is not null && !setUp), $"it printed {string.Join(' ', tags.Select(static match => match.Value))}, not {expected}");
        must(SoakFault.Wrong, tags.Count == 1 || !run.Program.Tells || result.Outcome != RunOutcome.Succeeded, "it did not print its number once");
        if (!run.Program.Tells)
        {
            return;
        }

        must(SoakFault.Wrong, !run.Dropped, "more was printed than is kept");
        if (!run.Dropped)
        {
            SoakHandlers.Judge(run, result, receipts, strangers, must);
        }
    }

    private static string Tell(SoakRun run, RunResult result, List<(SoakRequest Request, InterruptReceipt Receipt)> receipts)
    {
        var text = run.Text.Length > 300 ? $"{run.Text[..300]}..." : run.Text;
        var told = receipts.GroupBy(static pair => (pair.Receipt.Status, pair.Request.Signal)).Select(static group => $"{group.Count()} {group.Key.Status} of {(int)group.Key.Signal}").Take(20);
        return $"worker {run.Life.Name} run {run.Run.Number}, {result.Outcome} {result.Reason}, receipts [{string.Join(", ", told)}], "
            + $"error {result.Error?.Type} {result.Error?.Message}, printed '{text}', {run.Program.Engine}: {run.Program.Code.Replace("\n", "\\n")}";
    }

    [GeneratedRegex(@"\[[0-9:]*\]")]
    private static partial Regex Tags();
}
