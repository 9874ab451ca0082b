using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>Code that reads its standard input asks the controller.</summary>
public sealed class InputTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private Worker Worker => fixture.Worker;

    [Fact]
    public async Task Lines_and_characters_come_from_the_controller_and_the_end_is_null()
    {
        var (output, asked) = await TalkAsync(
            """Console.Write(Console.ReadLine() + "|" + (char)Console.Read() + Console.ReadLine() + "|" + (Console.ReadLine() ?? "null") + Console.Read());""",
            "first", "äb", null, null);
        Assert.Equal(("first|äb|null-1", 4), (output, asked.Count));
    }

    [Fact]
    public async Task A_prompt_comes_before_the_question()
    {
        for (var time = 0; time < 30; time++)
        {
            var run = Worker.Run("csharp", """Console.Write("name? "); var name = Console.ReadLine(); Console.Write(name);""");
            var before = "";
            await foreach (var item in run.Events)
            {
                before += (item as OutputEvent)?.Text;
                if (item is InputRequestEvent request)
                {
                    Assert.Equal("name? ", before);
                    run.ReplyToInput(request, "Ada");
                }
            }

            Assert.Equal("name? Ada", before);
        }
    }

    [Fact]
    public async Task Keys_are_read_from_what_is_typed()
    {
        var (output, asked) = await TalkAsync(
            """
            var one = Console.ReadKey();
            var two = Console.ReadKey(intercept: true);
            Console.Write($"{one.Key} {two.Key} {Console.KeyAvailable} ");
            try { Console.ReadKey(); } catch (InvalidOperationException) { Console.Write("the end"); }
            """,
            "y", "", null);
        Assert.Equal("Y Enter False the end", output);
        Assert.Equal([false, true, false], asked.Select(request => request.Password));
    }

    [Fact]
    public async Task Standard_input_as_a_stream_comes_from_the_controller()
    {
        var (output, _) = await TalkAsync(
            """using (var input = new StreamReader(Console.OpenStandardInput())) Console.Write(input.ReadToEnd());""",
            "one", "zwei ü", null);
        Assert.Equal("one\nzwei ü\n", output);
    }

    [Fact]
    public async Task Standard_output_as_a_stream_is_in_order_with_what_is_printed()
    {
        var (output, _) = await TalkAsync(
            """
            void Put(string text) { using var stream = Console.OpenStandardOutput(); stream.Write(Encoding.UTF8.GetBytes(text)); }
            for (var i = 0; i < 100; i++) { Console.Write("a"); Put("ü"); Console.Write("c"); }
            """);
        Assert.Equal(string.Concat(Enumerable.Repeat("aüc", 100)), output);
    }

    [Fact]
    public async Task An_interrupt_is_raised_where_input_is_waited_for_and_what_is_typed_later_is_read_by_whoever_reads_next()
    {
        var run = Worker.Run(
            "csharp",
            """
            try { Console.ReadLine(); }
            catch (KeyboardInterruptException) { Console.Write("interrupted "); }
            Console.Write(Console.ReadLine());
            """);
        var output = "";
        InputRequestEvent? open = null;
        Task<InterruptReceipt>? receipt = null;
        await foreach (var item in run.Events)
        {
            output += (item as OutputEvent)?.Text;
            if (item is InputRequestEvent request)
            {
                Assert.Null(open);
                open = request;
                receipt = run.InterruptAsync();
            }

            if (output == "interrupted " && open is not null)
            {
                run.ReplyToInput(open, "typed later");
            }
        }

        Assert.Equal("interrupted typed later", output);
        Assert.Equal(ReceiptStatus.Handled, (await receipt!.Soon()).Status);
    }

    [Fact]
    public async Task An_interrupted_reader_leaves_the_next_run_alone()
    {
        var run = Worker.Run("csharp", "Console.ReadLine();");
        await foreach (var item in run.Events)
        {
            if (item is InputRequestEvent request)
            {
                Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().Soon()).Status);
                Assert.False(run.ReplyToInput(request, "nobody waits for this"));
            }
        }

        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        var (output, _) = await TalkAsync("Console.Write(Console.ReadLine());", "mine");
        Assert.Equal("mine", output);
    }

    private async Task<(string Output, List<InputRequestEvent> Asked)> TalkAsync(string code, params string?[] answers)
    {
        var run = Worker.Run("csharp", code);
        var output = "";
        var asked = new List<InputRequestEvent>();
        using var limit = new CancellationTokenSource(Expect.Bound);
        await foreach (var item in run.Events.WithCancellation(limit.Token))
        {
            output += (item as OutputEvent)?.Text;
            if (item is InputRequestEvent request)
            {
                Assert.True(asked.Count < answers.Length, $"asked {asked.Count + 1} times");
                run.ReplyToInput(request, answers[asked.Count]);
                asked.Add(request);
            }
        }

        var result = await run.Completion.Soon();
        Assert.True(result.Outcome == RunOutcome.Succeeded, $"{code}\n{result.Error?.Type} {result.Error?.Message}\n{result.Error?.Traceback}");
        return (output, asked);
    }
}
