namespace ProcInterrupt.Tests.Faults;

/// <summary>SIGSTOP to the worker and SIGCONT a while later: everything goes on, deadlines and requests are held.</summary>
internal static class WorkerStopped
{
    private const string Kind = "worker-stopped";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static async Task<string> RunAsync(int moments, int seed)
    {
        var random = new Random(seed);
        using var place = new SocketPlace();
        await using var worker = await Worker.StartAsync();
        var (ended, byDeadline, interrupted) = (0, 0, 0);
        for (var moment = 0; moment < moments; moment++)
        {
            var program = random.Next(4);
            var options = new RunOptions { Deadline = program == 0 ? TimeSpan.FromMilliseconds(FaultPrograms.DeadlineMillis) : null };
            var run = worker.Run("csharp", program switch { 0 or 1 => FaultPrograms.Spin, 2 => FaultPrograms.Sum, _ => FaultPrograms.Print }, options);
            var asked = program == 1 ? AskAsync(run, random.Next(60)) : null;
            await Task.Delay(random.Next(40));
            ProcessTable.Signal(worker.ProcessId, ProcessTable.SigStop);
            await Task.Delay(random.Next(1, 40));
            ProcessTable.Signal(worker.ProcessId, ProcessTable.SigCont);
            var result = await EndOf(run.Completion, moment, seed);
            switch (program)
            {
                case 0:
                    Check(result.Outcome == RunOutcome.Interrupted && result.Reason == InterruptReason.Deadline, $"a deadline gave {result}");
                    Check(result.Elapsed.TotalMilliseconds >= FaultPrograms.DeadlineMillis, $"the deadline came after {result.Elapsed}");
                    byDeadline++;
                    break;
                case 1:
                    var receipt = await EndOf(asked!, moment, seed);
                    Check(result.Outcome == RunOutcome.Interrupted && receipt.Status == ReceiptStatus.Interrupted, $"an interrupt gave {result} and {receipt}");
                    interrupted++;
                    break;
                case 2:
                    Check(result.Value?.Text == FaultPrograms.SumValue, $"the sum gave {result}");
                    ended++;
                    break;
                default:
                    var lines = 0;
                    await foreach (var output in run.Events.OfType<OutputEvent>())
                    {
                        lines += output.Text.Count(character => character == '\n');
                    }

                    Check(result.Outcome == RunOutcome.Succeeded && lines == FaultPrograms.PrintedLines, $"{lines} lines came, {result}");
                    ended++;
                    break;
            }

            void Check(bool holds, string problem)
            {
                if (!holds)
                {
                    throw new FaultException(Kind, moment, seed, problem);
                }
            }
        }

        return $"{ended} runs ended by themselves as they should, {byDeadline} by their deadline, {interrupted} by a request with its receipt; one worker throughout";
    }

    private static async Task<InterruptReceipt> AskAsync(Run run, int afterMillis)
    {
        // Once it has begun: a run that is still to be sent is taken off the queue instead.
        await foreach (var item in run.Events)
        {
            if (item is RunStartedEvent)
            {
                break;
            }
        }

        await Task.Delay(afterMillis);
        return await run.InterruptAsync();
    }

    private static async Task<T> EndOf<T>(Task<T> task, int moment, int seed)
    {
        try
        {
            return await task.WaitAsync(Bound);
        }
        catch (TimeoutException)
        {
            throw new FaultException(Kind, moment, seed, $"no end within {Bound}");
        }
    }
}
