using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What an interrupt at the wrong moment could break for good still works, whenever it comes.</summary>
public sealed class UnbrokenTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Kinds = 8;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("procinterrupt-tests-");
    private readonly int seed = Random.Shared.Next();
    private Worker worker = null!;

    public async Task InitializeAsync()
    {
        output.WriteLine($"seed {seed}");
        worker = await Worker.StartAsync();
        await worker.SucceedsAsync(UnbrokenProgram.Definitions(folder.FullName));
    }

    public async Task DisposeAsync()
    {
        await worker.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Nothing_is_broken_by_interrupts_that_end_the_run()
    {
        const int times = 2000;
        var random = new Random(seed);
        for (var time = 0; time < times; time++)
        {
            var kind = random.Next(20) == 0 ? Kinds : random.Next(Kinds);
            var run = worker.Run("csharp", $"while (true) Work({kind});");
            await run.StartedAsync();
            await Spin.MicrosAsync(random.Next(12_000));
            var receipt = await run.InterruptAsync().Soon();
            var result = await run.Completion.Soon();
            Assert.Equal((time, kind, ReceiptStatus.Interrupted, RunOutcome.Interrupted), (time, kind, receipt.Status, result.Outcome));
        }

        await AskAsync();
    }

    [Fact]
    public async Task Nothing_is_broken_by_interrupts_that_are_caught()
    {
        const int times = 8000;
        const int fewest = times / 2;
        var random = new Random(seed);
        Run? run = null;
        var caught = 0;
        for (var time = 0; time < times; time++)
        {
            if (run is null)
            {
                run = worker.Run("csharp", $$"""
                    var order = new Random({{random.Next()}});
                    Console.Write("go");
                    while (true)
                    {
                        try { while (true) Work(order.Next(60) == 0 ? {{Kinds}} : order.Next({{Kinds}})); }
                        catch (KeyboardInterruptException) { }
                    }
                    """);
                await run.PrintedAsync("go");
            }

            await Spin.MicrosAsync(random.Next(1_000));
            var receipt = await run.InterruptAsync().Soon();
            if (receipt.Status == ReceiptStatus.Handled)
            {
                caught++;
            }
            else
            {
                // It came between two tries.
                Assert.Equal((time, ReceiptStatus.Interrupted), (time, receipt.Status));
                run = null;
            }
        }

        Assert.InRange(caught, fewest, times);
        run ??= worker.Run("csharp", "");
        while (!run.Completion.IsCompleted)
        {
            await run.InterruptAsync().Soon();
        }

        await AskAsync();
    }

    private async Task AskAsync()
    {
        foreach (var (question, code) in UnbrokenProgram.Questions)
        {
            var answer = await worker.SucceedsAsync(code);
            Assert.Equal((question, "true"), (question, answer.Value?.Text));
        }

        var children = Directory.GetDirectories("/proc")
            .Where(static process => File.Exists(Path.Combine(process, "stat")))
            .Count(process => IsChild(process));
        Assert.Equal(0, children);
    }

    private bool IsChild(string process)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(process, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == worker.ProcessId.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // Ended meanwhile.
            return false;
        }
    }
}
