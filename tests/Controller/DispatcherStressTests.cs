using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Controller;

/// <summary>Requesters on threads of their own against a worker on another: real interleavings of the word, the frames and the queue.</summary>
public sealed class DispatcherStressTests
{
    private const int Runs = 1500;
    private const int Requesters = 3;
    private readonly ITestOutputHelper log;

    public DispatcherStressTests(ITestOutputHelper log) => this.log = log;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_request_has_its_one_receipt_and_only_runs_that_were_asked_are_interrupted(bool workerDies)
    {
        var seed = TestSeed.Next();
        log.WriteLine($"seed {seed}");
        var outbox = new RecordingOutbox();
        var dispatcher = Dispatchers.Connected(outbox, static () => { }, 1024);
        using var buffer = InterruptBuffer.Create();
        _ = dispatcher.SetInterruptBufferAsync(buffer);
        var worker = Task.Factory.StartNew(() => Work(dispatcher, outbox, buffer, new Random(seed), workerDies), TaskCreationOptions.LongRunning);

        var receipts = new List<Task<InterruptReceipt>>[Runs + 1];
        var current = new Run?[1];
        var done = 0;
        var requesters = Enumerable.Range(0, Requesters).Select(index => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(seed + 1 + index);
                while (Volatile.Read(ref done) == 0)
                {
                    if (Volatile.Read(ref current[0]) is { } run)
                    {
                        var request = random.Next(20) == 0 ? run.StopAsync(new StopPolicy { SignalGrace = Timeout.InfiniteTimeSpan })
                            : run.InterruptAsync(random.Next(4) == 0 ? Signal.User1 : Signal.Interrupt);
                        lock (receipts[run.Number])
                        {
                            receipts[run.Number].Add(request);
                        }
                    }

                    Thread.SpinWait(random.Next(5000));
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();

        var random = new Random(seed - 1);
        var runs = new List<Run>();
        for (var number = 1; number <= Runs; number++)
        {
            receipts[number] = [];
            var run = dispatcher.Run("fake", "", new RunOptions());
            runs.Add(run);
            if (random.Next(3) != 0)
            {
                Volatile.Write(ref current[0], run);
            }

            if (random.Next(3) != 0)
            {
                await run.Completion.WaitAsync(TimeSpan.FromSeconds(60));
            }
        }

        var results = await Task.WhenAll(runs.Select(run => run.Completion)).WaitAsync(TimeSpan.FromSeconds(60));
        Volatile.Write(ref done, 1);
        await Task.WhenAll(requesters).WaitAsync(TimeSpan.FromSeconds(60));
        outbox.Sent.CompleteAdding();
        await worker.WaitAsync(TimeSpan.FromSeconds(60));
        var all = await Task.WhenAll(receipts.Skip(1).SelectMany(list => list)).WaitAsync(TimeSpan.FromSeconds(60));
        dispatcher.Close(WorkerEnding.Terminated, new WorkerExit(0, null, "Ended."));

        log.WriteLine($"{all.Length} requests: {string.Join(", ", all.GroupBy(r => r.Status).Select(g => $"{g.Count()} {g.Key}"))}");
        log.WriteLine($"{Runs} runs: {string.Join(", ", results.GroupBy(r => r.Outcome).Select(g => $"{g.Count()} {g.Key}"))}");
        Assert.True(all.Length > Runs / 4, "Too few requests to mean anything.");
        foreach (var result in results)
        {
            var own = receipts[result.Number].Select(task => task.Result).ToList();
            var interrupted = result.Outcome == RunOutcome.Interrupted;
            Assert.True(!interrupted || own.Exists(receipt => receipt.Status is ReceiptStatus.Interrupted or ReceiptStatus.NeverStarted), $"Run {result.Number} was interrupted, and nobody had asked.");
            Assert.All(own, receipt => Assert.Equal(result.Number, receipt.Run));
            Assert.True(
                result.Receipts.All(receipt => own.Exists(one => ReferenceEquals(one, receipt))),
                $"Run {result.Number} has a receipt that nobody got.");
            Assert.True(own.TrueForAll(receipt => receipt.Status != ReceiptStatus.Interrupted || interrupted), $"Run {result.Number} was not interrupted.");
        }
    }

    /// <summary>Polls the word as running code does, and tells what it did.</summary>
    private static void Work(Dispatcher dispatcher, RecordingOutbox outbox, InterruptBuffer buffer, Random random, bool dies)
    {
        IInterruptTarget word = buffer;
        var runs = 0;
        foreach (var message in outbox.Sent.GetConsumingEnumerable())
        {
            if (message is SetInterruptBufferMessage set)
            {
                dispatcher.Receive(new InterruptBufferSetMessage(set.Request, null));
            }
            else if (message is RunCodeMessage run)
            {
                if (dies && ++runs > Runs / 4)
                {
                    Thread.SpinWait(random.Next(20_000));
                    dispatcher.Close(WorkerEnding.Lost, new WorkerExit(1, null, "Died."));
                    return;
                }

                Execute(dispatcher, word, run.Run, random);
            }
        }
    }

    private static void Execute(Dispatcher dispatcher, IInterruptTarget word, uint run, Random random)
    {
        var found = word.ReadWord();
        Assert.True(found.Run == 0 || found.Run == run, $"Run {run} begins, and run {found.Run} stands in the word.");
        dispatcher.Receive(new RunStartedMessage(run, MonotonicClock.Nanos));
        var interrupted = false;
        for (var turns = random.Next(30); turns > 0 && !interrupted; turns--)
        {
            var taken = Take(word);
            if (taken.HasRequest)
            {
                Assert.Equal(run, taken.Run);
                dispatcher.Receive(new InterruptTakenMessage(run, taken.Bits, MonotonicClock.Nanos));
                interrupted = taken.Signal == Signal.Interrupt && random.Next(3) != 0;
                if (!interrupted)
                {
                    dispatcher.Receive(new InterruptHandledMessage(run, taken.Bits, HandledBy.Catch, MonotonicClock.Nanos));
                }
            }

            Thread.SpinWait(random.Next(2000));
        }

        Take(word);
        var now = MonotonicClock.Nanos;
        dispatcher.Receive(new RunCompletedMessage(run, interrupted ? RunOutcome.Interrupted : RunOutcome.Succeeded, default, null, null, null, now, now));
    }

    private static InterruptWord Take(IInterruptTarget target)
    {
        while (true)
        {
            var word = target.ReadWord();
            if (target.CompareExchangeWord(word.Cleared, word) == word)
            {
                return word.WithoutTrip;
            }
        }
    }
}
