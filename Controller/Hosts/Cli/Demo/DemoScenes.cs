using ProcInterrupt.Cli.Running;

namespace ProcInterrupt.Cli.Demo;

/// <summary>The scenes of the demo, in order. They share one session, so that each also shows that the last one left it whole.</summary>
internal static class DemoScenes
{
    // The longest Collatz sequence that starts below three million (OEIS A006877).
    private const string LongestStart = "2298025";
    private const string LongestLength = "560";

    public static async Task PlayAsync(DemoStage stage)
    {
        await stage.PlayAsync("A computation is interrupted half way; what it computed is still there, and it goes on from there", () => HalfWayAsync(stage));
        await stage.PlayAsync("An interrupt that comes too late harms nobody", () => TooLateAsync(stage));
        await stage.PlayAsync("One for a run that is still queued takes it off the queue", () => QueuedAsync(stage));
        await stage.PlayAsync("Code may catch it, as in Python", () => CatchAsync(stage));
        await stage.PlayAsync("Code cannot swallow it by accident, and clean-up runs", () => SwallowAsync(stage));
        await stage.PlayAsync("A handler deals with a signal and the code goes on", () => HandlerAsync(stage));
        await stage.PlayAsync("A deadline is kept by the worker itself", () => DeadlineAsync(stage));
    }

    private static async Task HalfWayAsync(DemoStage stage)
    {
        await stage.EndOfAsync(stage.Start(
            """
            long n = 1, bestStart = 1;
            int bestLength = 1;
            int CollatzLength(long x) { var length = 1; while (x != 1) { x = x % 2 == 0 ? x / 2 : 3 * x + 1; length++; } return length; }
            """));
        const string search =
            """
            for (; n < 3_000_000; n++)
            {
                if (n == 1_500_000) Console.WriteLine("half way");
                var length = CollatzLength(n);
                if (length > bestLength) (bestStart, bestLength) = (n, length);
            }
            """;
        var run = stage.Start(search);
        await stage.UntilPrintsAsync(run, "half way");
        var receipt = await stage.InterruptAsync(run, ReceiptStatus.Interrupted);
        stage.Check("the session's state is preserved", receipt.StatePreserved);
        var result = await stage.EndOfAsync(run);
        stage.Check($"outcome {result.Outcome}, after {result.Elapsed.TotalMilliseconds:F0} ms of computing", result.Outcome == RunOutcome.Interrupted);

        var n = await stage.ValueOfAsync("n");
        stage.Check($"n is {n}: half of the work is kept", long.TryParse(n, out var reached) && reached is >= 1_500_000 and < 3_000_000);
        result = await stage.EndOfAsync(stage.Start(search));
        stage.Check($"the same loop went on to its end in {result.Elapsed.TotalMilliseconds:F0} ms", result.Outcome == RunOutcome.Succeeded);
        var start = await stage.ValueOfAsync("bestStart");
        var length = await stage.ValueOfAsync("bestLength");
        stage.Check($"the longest sequence below 3,000,000 starts at {start} and has {length} members", (start, length) == (LongestStart, LongestLength));
    }

    private static async Task TooLateAsync(DemoStage stage)
    {
        var run = stage.Start("6 * 7");
        var result = await stage.EndOfAsync(run);
        await stage.InterruptAsync(run, ReceiptStatus.TooLate);
        stage.Check($"the run it was meant for had given {result.Value?.Text}", result.Value?.Text == "42");
        var next = await stage.ValueOfAsync("Enumerable.Range(1, 10_000).Where(i => i % 3 == 0).Count()");
        stage.Check($"the next run is not touched and gives {next}", next == "3333");
    }

    private static async Task QueuedAsync(DemoStage stage)
    {
        var first = stage.Start("""Console.WriteLine("busy"); while (true) { }""");
        var queued = stage.Start("throw new Exception(\"never seen\");");
        await stage.UntilPrintsAsync(first, "busy");
        await stage.InterruptAsync(queued, ReceiptStatus.NeverStarted);
        await stage.InterruptAsync(first, ReceiptStatus.Interrupted);
    }

    private static async Task CatchAsync(DemoStage stage)
    {
        var run = stage.Start(
            """
            var answer = "";
            try { Console.WriteLine("busy"); while (true) { } }
            catch (KeyboardInterruptException) { answer = "caught"; }
            """);
        await stage.UntilPrintsAsync(run, "busy");
        await stage.InterruptAsync(run, ReceiptStatus.Handled);
        var result = await stage.EndOfAsync(run);
        stage.Check($"the run {EnumName(result.Outcome)}", result.Outcome == RunOutcome.Succeeded);
        var answer = await stage.ValueOfAsync("answer");
        stage.Check($"answer is {answer}", answer.Trim('"') == "caught");
    }

    private static async Task SwallowAsync(DemoStage stage)
    {
        var run = stage.Start(
            """
            long swallowed = 0, turns = 0; var released = false;
            try
            {
                Console.WriteLine("busy");
                while (true) { try { turns++; if (turns % 1000 == 0) throw new FormatException(); } catch (Exception e) when (e is not FormatException) { swallowed++; } catch { } }
            }
            finally { released = true; }
            """);
        await stage.UntilPrintsAsync(run, "busy");
        await stage.InterruptAsync(run, ReceiptStatus.Interrupted);
        var left = await stage.ValueOfAsync("swallowed == 0 && released && turns > 0");
        stage.Check($"nothing was swallowed and the finally block ran: {left}", left == "true");
    }

    private static async Task HandlerAsync(DemoStage stage)
    {
        var run = stage.Start(
            """
            int asked = 0; long steps = 0;
            Interrupt.Handle(Signal.User1, signal => { asked++; Console.WriteLine($"{signal} number {asked}"); });
            Console.WriteLine("busy");
            while (asked < 3) steps++;
            Interrupt.Handle(Signal.User1, null);
            asked
            """);
        await stage.UntilPrintsAsync(run, "busy");
        for (var i = 0; i < 3; i++)
        {
            await stage.InterruptAsync(run, ReceiptStatus.Handled, Signal.User1);
        }

        var result = await stage.EndOfAsync(run);
        stage.Check($"the loop went on after each and ended by itself, with {result.Value?.Text}", result is { Outcome: RunOutcome.Succeeded, Value.Text: "3" });
    }

    private static async Task DeadlineAsync(DemoStage stage)
    {
        var deadline = TimeSpan.FromMilliseconds(200);
        var run = stage.Start("while (true) { }", new RunOptions { Deadline = deadline });
        var result = await stage.EndOfAsync(run);
        stage.Check(
            $"outcome {result.Outcome}, reason {result.Reason}, {result.Elapsed.TotalMilliseconds:F1} ms after its start; the deadline was {ReceiptText.Micros((long)deadline.TotalMicroseconds)}",
            result is { Outcome: RunOutcome.Interrupted, Reason: InterruptReason.Deadline } && result.Elapsed >= deadline);
        var kept = await stage.ValueOfAsync("bestStart");
        stage.Check($"and the session still knows {kept}", kept == LongestStart);
    }

    private static string EnumName(RunOutcome outcome) => outcome.ToString().ToLowerInvariant();
}
