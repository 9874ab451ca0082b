using ProcInterrupt.Tests.Support;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Code that prints without end, and a controller that does not read.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class FloodTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Retention = 8 * 1024 * 1024;

    private static readonly Dictionary<string, string> Floods = new()
    {
        ["lines"] = "while (true) Console.WriteLine(\"a line of the flood, which is long enough to be one of many\");",
        ["characters of two streams"] = "while (true) { Console.Write('o'); Console.Error.Write('e'); }",
        ["large blocks"] = "var block = new string('x', 5_000_000); while (true) Console.Write(block);",
        ["displays and progress"] = "while (true) { Display.Text(new string('d', 100_000)); Progress.Report(0.5); }",
        ["bytes"] = "var output = Console.OpenStandardOutput(); while (true) output.Write(new byte[1000]);",
        ["threads"] = "await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() => { while (true) Console.WriteLine(n); })));",
    };

    private Worker Worker => fixture.Worker;

    public static TheoryData<string, bool> Cases()
    {
        var cases = new TheoryData<string, bool>();
        foreach (var flood in Floods.Keys)
        {
            cases.Add(flood, false);
            cases.Add(flood, true);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Memory_stays_bounded_and_nothing_comes_after_the_end(string flood, bool waitForReader)
    {
        await Worker.SucceedsAsync("1");
        var (worker, own) = (new ProcessMemory(Worker.ProcessId), new ProcessMemory(Environment.ProcessId));

        // Nobody enumerates its events before it is over.
        var run = Worker.Run("csharp", Floods[flood], new RunOptions { WaitForReader = waitForReader });
        await ProcessMemory.WatchAsync(worker, own);
        worker.AssertBounded();
        own.AssertBounded();
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);

        var next = Worker.Run("csharp", "Console.Write(\"next\");");
        await next.Completion.Soon();
        var (kept, dropped) = (0L, 0L);
        RunEvent? last = null;
        await foreach (var item in run.Events)
        {
            Assert.Same(run, item.Run);
            kept += (item as OutputEvent)?.Text.Length ?? (item as DisplayEvent)?.Data.Values.Sum(text => text.Length) ?? 0;
            dropped += (item as OutputDroppedEvent)?.Bytes ?? 0;
            Assert.IsNotType<RunCompletedEvent>(last);
            last = item;
        }

        Assert.IsType<RunCompletedEvent>(last);
        Assert.InRange(kept, 1, Retention);
        Assert.True(!waitForReader || dropped == 0, $"{dropped} bytes were dropped.");
        var printed = "";
        await foreach (var item in next.Events)
        {
            printed += (item as OutputEvent)?.Text;
        }

        Assert.Equal("next", printed);
    }

    [Fact]
    public async Task What_was_printed_before_the_interrupt_is_whole_up_to_the_end()
    {
        var run = Worker.Run(
            "csharp", "var n = 0; try { while (true) { Console.WriteLine(n); n++; } } finally { Console.Write($\"end {n}\"); }", new RunOptions { WaitForReader = true });
        var text = new System.Text.StringBuilder();
        await foreach (var item in run.Events)
        {
            text.Append((item as OutputEvent)?.Text);
            if (text.Length > 3_000_000 && !run.Completion.IsCompleted)
            {
                run.Interrupt();
            }
        }

        var lines = text.ToString().Split('\n');
        var count = lines.Length - 1;
        Assert.Equal(Enumerable.Range(0, count).Select(n => $"{n}"), lines[..count]);
        Assert.Contains(lines[^1], new[] { $"end {count}", $"end {count - 1}" });
    }
}
