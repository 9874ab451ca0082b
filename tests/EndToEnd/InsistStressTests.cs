using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Many stops of one run at once, each with its own ladder up to insist.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class InsistStressTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_wait_in_clean_up_is_ended_by_insist_however_many_ask()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        output.WriteLine($"seed {seed}");
        await using var worker = await Worker.StartAsync();
        for (var time = 0; time < 25; time++)
        {
            var run = worker.Run("csharp", "try { Console.Write(\"go\"); Thread.Sleep(-1); } finally { Thread.Sleep(-1); }");
            if (random.Next(2) == 0)
            {
                await run.PrintedAsync("go");
            }

            var stops = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Task.Run(async () =>
            {
                int grace, signals;
                long spin;
                lock (random)
                {
                    (grace, signals, spin) = (random.Next(4) == 0 ? 0 : random.Next(1, 30), random.Next(3), random.Next(3000));
                }

                await Spin.MicrosAsync((int)spin);
                for (; signals > 0; signals--)
                {
                    run.Interrupt(signals == 2 ? Signal.User1 : Signal.Interrupt);
                }

                return await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.FromMilliseconds(grace), InsistGrace = TimeSpan.FromSeconds(1), HighestRung = InterruptRung.Insist });
            })).ToList();
            var result = await run.Completion.Soon();
            var receipts = await Task.WhenAll(stops).Soon();
            Assert.Equal((time, RunOutcome.Interrupted), (time, result.Outcome));
            Assert.All(receipts, receipt => Assert.True(receipt.Status is ReceiptStatus.Interrupted or ReceiptStatus.TooLate or ReceiptStatus.NeverStarted, receipt.ToString()));
        }

        await ProcessorUse.AssertIdleAsync(worker.ProcessId);
    }
}
