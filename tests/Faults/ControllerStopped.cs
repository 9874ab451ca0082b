namespace ProcInterrupt.Tests.Faults;

/// <summary>SIGSTOP to the controller and SIGCONT a while later: everything goes on, and the worker held the deadlines meanwhile.</summary>
internal static class ControllerStopped
{
    private const string Kind = "controller-stopped";

    public static async Task<string> RunAsync(int moments, int seed)
    {
        var random = new Random(seed);
        using var place = new SocketPlace();
        await using var session = new SessionProcess(place);
        await session.UntilAsync("ready");
        var (ended, byDeadline, interrupted) = (0, 0, 0);
        for (var moment = 0; moment < moments; moment++)
        {
            var program = random.Next(4);
            var code = program switch { 0 or 1 => FaultPrograms.Spin, 2 => FaultPrograms.Sum, _ => FaultPrograms.Print };
            var run = await session.RunAsync(code, program == 0 ? FaultPrograms.DeadlineMillis : null);
            if (program == 1)
            {
                await session.UntilAsync("started");
                await session.InterruptAsync(run);
            }

            await Task.Delay(random.Next(40));
            ProcessTable.Signal(session.Id, ProcessTable.SigStop);
            await Task.Delay(random.Next(1, 2 * FaultPrograms.DeadlineMillis));
            ProcessTable.Signal(session.Id, ProcessTable.SigCont);
            var lines = 0;
            var receipts = 0;
            var completed = await session.UntilAsync("completed", item =>
            {
                lines += ((string?)item["event"] == "output" ? (string?)item["text"] : null)?.Count(character => character == '\n') ?? 0;
                receipts += (string?)item["event"] == "receipt" ? 1 : 0;
            });
            var (outcome, reason) = ((string?)completed["outcome"], (string?)completed["reason"]);
            var holds = program switch
            {
                0 => outcome == "interrupted" && reason == "deadline",
                1 => outcome == "interrupted" && reason == "user" && receipts == 1,
                2 => (string?)completed["value"] == FaultPrograms.SumValue,
                _ => outcome == "succeeded" && lines == FaultPrograms.PrintedLines,
            };
            if (!holds)
            {
                throw new FaultException(Kind, moment, seed, $"program {program} gave {lines} lines, {receipts} receipts, {completed.ToJsonString()}");
            }

            (ended, byDeadline, interrupted) = (ended + (program > 1 ? 1 : 0), byDeadline + (program == 0 ? 1 : 0), interrupted + (program == 1 ? 1 : 0));
        }

        return $"{ended} runs ended by themselves as they should, {byDeadline} by their deadline, {interrupted} by a request with its receipt; one session throughout";
    }
}
