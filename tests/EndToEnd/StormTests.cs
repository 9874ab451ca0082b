using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>A minute of everything at once; each request gets its one receipt, and the receipts fit the results.</summary>
public sealed class StormTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    /// <summary>Programs that end by themselves, in between.</summary>
    private static readonly string[] Short =
    [
        "1 + 1",
        "Console.WriteLine(\"short\");",
        "throw new InvalidOperationException(\"as it should\");",
        "this does not compile",
        "await Task.Delay(1);",
        "Thread.Sleep(1);",
        "Interrupt.Handle(Signal.User1, s => { });",
        "try { Thread.Sleep(5); } catch (KeyboardInterruptException) { Console.WriteLine(\"caught\"); }",
        "try { await Task.Delay(5); } catch (OperationCanceledException) { Console.WriteLine(\"caught\"); }",
        "try { for (var i = 0; i < 1000000; i++) { } } finally { Thread.Sleep(1); }",
        "await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => Thread.Sleep(i))));",
        "Parallel.For(0, 100, i => { });",
        "new Thread(() => Thread.Sleep(20)).Start();",
    ];

    private readonly ConcurrentBag<Asked> asked = [];
    private int swaps;
    private int resets;

    [Fact]
    public async Task Each_request_gets_one_receipt_and_the_worker_stays()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var worker = await Worker.StartAsync();
        await worker.SucceedsAsync("var kept = 41;");
        using var over = new CancellationTokenSource(Duration);
        var open = new ConcurrentDictionary<uint, Run>();
        var askers = new[] { 1, 2 }.Select(number => Task.Run(() => AskAsync(new Random(seed + number), open, over.Token))).ToArray();
        var swapper = Task.Run(() => SwapAsync(worker, new Random(seed + 3), over.Token));
        var runs = await RunAsync(worker, new Random(seed), open, over.Token);
        await Task.WhenAll([swapper, .. askers]).Soon();

        var askedOf = asked.ToLookup(each => each.Run, each => each.Receipt);
        Assert.All(runs, each => Judge(each, askedOf[each.Run]));
        output.WriteLine($"{runs.Count} runs, {asked.Count} requests, {swaps} swaps, {resets} resets; "
            + string.Join(", ", asked.GroupBy(each => each.Receipt.Result.Status).Select(group => $"{group.Count()} {group.Key}")));
        Assert.True(asked.Count > 1000, $"only {asked.Count} requests");
        Assert.Equal("42", (await worker.SucceedsAsync("6 * 7")).Value?.Text);
        await ProcessorUse.AssertIdleAsync(worker.ProcessId);
        Assert.True(worker.IsAlive);
    }

    /// <summary>Keeps a few runs queued, one or two of them never asked to stop before they are the current one.</summary>
    private async Task<List<(Run Run, string Code)>> RunAsync(Worker worker, Random random, ConcurrentDictionary<uint, Run> open, CancellationToken over)
    {
        string[] endless = [.. BusyPrograms.All, .. BlockedPrograms.All];
        var runs = new List<(Run Run, string Code)>();
        var queued = new Queue<(Run Run, string Code)>();
        while (!over.IsCancellationRequested)
        {
            while (queued.Count < 3)
            {
                var code = random.Next(3) == 0 ? Short[random.Next(Short.Length)] : endless[random.Next(endless.Length)];
                var run = worker.Run("csharp", code);
                open[run.Number] = run;
                queued.Enqueue((run, code));
                runs.Add((run, code));
                if (random.Next(100) == 0)
                {
                    resets++;
                    _ = worker.ResetAsync(cancellationToken: CancellationToken.None);
                }
            }

            await EndAsync(queued.Dequeue());
        }

        while (queued.TryDequeue(out var left))
        {
            Ask(left.Run);
            await EndAsync(left);
        }

        return runs;

        async Task EndAsync((Run Run, string Code) oldest)
        {
            try
            {
                await oldest.Run.Completion.Soon();
            }
            catch (TimeoutException)
            {
                Assert.Fail($"A run does not end: {oldest.Code}");
            }

            open.TryRemove(oldest.Run.Number, out _);
        }
    }

    private async Task AskAsync(Random random, ConcurrentDictionary<uint, Run> open, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Spin.MicrosAsync(random.Next(random.Next(4) == 0 ? 15_000 : 500));
            uint[] numbers = [.. open.Keys.Order()];

            // The oldest is most likely the current one; some are asked again and again.
            if (numbers.Length > 0 && open.TryGetValue(numbers[random.Next(8) == 0 ? random.Next(numbers.Length) : 0], out var run))
            {
                Ask(run);
            }
        }
    }

    private void Ask(Run run) => asked.Add(new Asked(run, run.InterruptAsync()));

    private async Task SwapAsync(Worker worker, Random random, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            using (var buffer = InterruptBuffer.Create())
            {
                await worker.SetInterruptBufferAsync(buffer, CancellationToken.None).Soon();
            }

            swaps++;
            await Spin.MicrosAsync(random.Next(100_000));
        }
    }

    private static void Judge((Run Run, string Code) each, IEnumerable<Task<InterruptReceipt>> asked)
    {
        var result = each.Run.Completion.Result;
        var receipts = asked.Select(receipt => receipt.WaitAsync(Expect.Bound).GetAwaiter().GetResult()).ToList();
        var told = $"{result.Outcome}, [{string.Join(", ", receipts.Select(receipt => receipt.Status))}]: {each.Code}";
        Assert.True(receipts.All(receipt => receipt.Status is ReceiptStatus.Interrupted or ReceiptStatus.Handled or ReceiptStatus.TooLate or ReceiptStatus.NeverStarted), told);
        Assert.True(receipts.Distinct(ReferenceEqualityComparer.Instance).Count() == receipts.Count, told);
        Assert.True(result.Outcome is RunOutcome.Succeeded or RunOutcome.Failed or RunOutcome.Interrupted, told);

        // Too late ones come after the result.
        var inResult = result.Receipts.ToHashSet<object>(ReferenceEqualityComparer.Instance);
        Assert.True(receipts.All(receipt => inResult.Contains(receipt) || receipt.Status == ReceiptStatus.TooLate), told);
        Assert.True(result.Receipts.Count <= receipts.Count, told);
        Assert.True(
            result.Outcome == RunOutcome.Interrupted || receipts.All(receipt => receipt.Status is ReceiptStatus.Handled or ReceiptStatus.TooLate),
            told);
    }

    private sealed record Asked(Run Run, Task<InterruptReceipt> Receipt);
}
