using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What code shows and reports.</summary>
public sealed class ReportingTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private Worker Worker => fixture.Worker;

    [Fact]
    public async Task Displays_arrive_by_mime_type_in_order_with_what_is_printed()
    {
        var events = await EventsAsync(
            """
            Console.Write("a"); Display.Text("b"); Console.Write("c"); Display.Html("<b>d</b>"); Display.Svg("<svg/>");
            Display.Png(new byte[] { 1, 2, 3 }); Display.Json("[1]"); Display.Json(new { x = 2 });
            Display.Show(new Dictionary<string, string> { ["text/plain"] = "e", ["text/html"] = "<i>e</i>" });
            """);
        Assert.Equal(
            ["a", "text/plain=b", "c", "text/html=<b>d</b>", "image/svg+xml=<svg/>", "image/png=AQID", "application/json=[1]", "application/json={\"x\":2}", "text/html=<i>e</i>;text/plain=e"],
            events.Select(Describe));
    }

    [Fact]
    public async Task A_large_picture_arrives_whole_and_one_larger_than_a_frame_is_refused_with_its_size()
    {
        var events = await EventsAsync(
            """
            var picture = new byte[11_000_000];
            for (var i = 0; i < picture.Length; i++) picture[i] = (byte)(i * 7);
            Display.Png(picture);
            try { Display.Text(new string('x', 20_000_000)); }
            catch (ArgumentException e) { Console.Write(e.Message); }
            """);
        var bytes = Convert.FromBase64String(Assert.IsType<DisplayEvent>(events[0]).Data["image/png"]);
        Assert.Equal(11_000_000, bytes.Length);
        Assert.Equal(Enumerable.Range(0, bytes.Length).Select(i => (byte)(i * 7)), bytes);
        Assert.Contains("20,000,010", Assert.IsType<OutputEvent>(events[1]).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Progress.Report(double.NaN)")]
    [InlineData("Progress.Report(-0.1)")]
    [InlineData("Progress.Report(1.1)")]
    [InlineData("Progress.Report(double.PositiveInfinity)")]
    public async Task A_fraction_that_is_none_is_refused(string code)
    {
        var result = await Worker.Run("csharp", code).Completion.Soon();
        Assert.Equal((RunOutcome.Failed, "System.ArgumentOutOfRangeException"), (result.Outcome, result.Error?.Type));
    }

    [Fact]
    public async Task Progress_in_a_busy_loop_is_thinned_out_and_the_last_report_arrives_before_the_end()
    {
        var events = await EventsAsync("for (var i = 0; i <= 1_000_000; i++) Progress.Report(i / 1e6, $\"step {i}\");");
        var reports = events.Cast<ProgressEvent>().ToList();
        Assert.Equal((1.0, "step 1000000"), (reports[^1].Fraction, reports[^1].Message));
        Assert.Equal(reports.Select(report => report.Fraction).Order(), reports.Select(report => report.Fraction));
        Assert.InRange(reports.Count, 1, 5000);
    }

    [Fact]
    public async Task Progress_keeps_its_place_and_does_not_wait_for_another_report()
    {
        var run = Worker.Run("csharp", """Console.Write("a"); Progress.Report(0.5, "half"); Console.Write("b"); Interrupt.Sleep(Timeout.InfiniteTimeSpan);""");
        var seen = new List<string>();
        await foreach (var item in run.Events)
        {
            if (item is OutputEvent or ProgressEvent)
            {
                seen.Add(Describe(item));
                if (seen.Count == 3)
                {
                    run.Interrupt();
                }
            }
        }

        Assert.Equal(["a", "0.5 half", "b"], seen);
    }

    [Fact]
    public async Task A_second_report_that_follows_at_once_is_sent_though_nothing_else_happens()
    {
        var run = Worker.Run("csharp", """Progress.Report(0.1); Interrupt.Sleep(TimeSpan.FromMilliseconds(15)); Progress.Report(0.2); Interrupt.Sleep(Timeout.InfiniteTimeSpan);""");
        using var limit = new CancellationTokenSource(Expect.Bound);
        await foreach (var item in run.Events.WithCancellation(limit.Token))
        {
            if (item is ProgressEvent { Fraction: 0.2 })
            {
                run.Interrupt();
            }
        }

        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
    }

    [Fact]
    public async Task Code_that_shows_more_than_anybody_looks_at_waits_and_can_be_interrupted()
    {
        var run = Worker.Run("csharp", "Console.Write(\"go\"); while (true) Display.Text(new string('x', 300_000));", new RunOptions { WaitForReader = true });
        await using var events = run.Events.GetAsyncEnumerator();
        while (await events.MoveNextAsync() && events.Current is not OutputEvent)
        {
        }

        // Nobody reads on; the code comes to wait for room.
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        Assert.Equal("2", (await Worker.SucceedsAsync("1 + 1")).Value?.Text);
    }

    [Fact]
    public async Task The_largest_display_behind_a_full_buffer_at_the_end_of_a_run_is_no_breach_of_the_protocol()
    {
        // More than there is credit for, less than what code may print before it waits for a reader.
        var run = Worker.Run(
            "csharp",
            """
            Console.Write(new string('x', 1_200_000));
            Display.Text(new string('y', 16_000_000));
            Process.Start("sh", ["-c", "echo and a child"]).WaitForExit();
            """,
            new RunOptions { WaitForReader = true });
        var result = await run.Completion.Soon();
        Assert.True(result.Outcome == RunOutcome.Succeeded, result.Error?.Message);
        var sizes = (0, 0);
        await foreach (var item in run.Events)
        {
            sizes.Item1 += (item as OutputEvent)?.Text.Length ?? 0;
            sizes.Item2 += (item as DisplayEvent)?.Data["text/plain"].Length ?? 0;
        }

        Assert.Equal((1_200_000 + "and a child\n".Length, 16_000_000), sizes);
        Assert.Equal("2", (await Worker.SucceedsAsync("1 + 1")).Value?.Text);
    }

    private static string Describe(RunEvent item) => item switch
    {
        OutputEvent output => output.Text,
        ProgressEvent progress => FormattableString.Invariant($"{progress.Fraction} {progress.Message}"),
        DisplayEvent display => string.Join(';', display.Data.OrderBy(form => form.Key, StringComparer.Ordinal).Select(form => $"{form.Key}={form.Value}")),
        _ => item.GetType().Name,
    };

    private async Task<List<RunEvent>> EventsAsync(string code)
    {
        var run = Worker.Run("csharp", code, new RunOptions { WaitForReader = true });
        var shown = new List<RunEvent>();
        using var limit = new CancellationTokenSource(Expect.Bound);
        await foreach (var item in run.Events.WithCancellation(limit.Token))
        {
            if (item is OutputEvent or DisplayEvent or ProgressEvent)
            {
                shown.Add(item);
            }
        }

        var result = await run.Completion.Soon();
        Assert.True(result.Outcome == RunOutcome.Succeeded, $"{code}\n{result.Error?.Type} {result.Error?.Message}\n{result.Error?.Traceback}");
        return shown;
    }
}
