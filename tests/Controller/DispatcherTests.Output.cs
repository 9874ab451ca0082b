using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <content>Flow control.</content>
public sealed partial class DispatcherTests
{
    [Fact]
    public async Task Output_beyond_the_retention_is_dropped_and_counted()
    {
        var run = Queue();
        Start(run);
        var piece = new string('x', 10_000);
        for (var pieces = 0; pieces < 100; pieces++)
        {
            Output(run, piece);
        }

        Complete(run);
        var events = await ReadAll(run);
        var shown = events.OfType<OutputEvent>().Sum(item => item.Text.Length);
        Assert.InRange(shown, Retention / 2, Retention);
        Assert.Equal(1_000_000, shown + events.OfType<OutputDroppedEvent>().Sum(item => item.Bytes));
        Assert.InRange(outbox.Credit, 700_000, 1_000_000);
    }

    [Fact]
    public async Task Output_that_is_waited_for_gives_credit_only_when_it_is_read()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        var piece = new string('x', (64 * 1024) - OutputCost.FrameBytes);
        for (var pieces = 0; pieces < 16; pieces++)
        {
            Output(run, piece);
        }

        Assert.Equal(0, outbox.Credit);
        await using (var reader = run.Events.GetAsyncEnumerator())
        {
            for (var events = 0; events < 10; events++)
            {
                Assert.True(await reader.MoveNextAsync());
            }

            Assert.InRange(outbox.Credit, 5 * 64 * 1024, 9 * 64 * 1024);
        }

        // The reader has gone: what is left holds nobody up.
        Assert.InRange(outbox.Credit, 13 * 64 * 1024, 16 * 64 * 1024);
        Output(run, piece);
        Complete(run);
        Assert.InRange(outbox.Credit, 14 * 64 * 1024, 17 * 64 * 1024);
    }

    [Fact]
    public async Task Tiny_pieces_that_are_waited_for_cost_what_it_takes_to_keep_them()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        const int most = (int)(OutputFlow.InitialBytes / (1 + OutputCost.FrameBytes));
        for (var pieces = 0; pieces < most; pieces++)
        {
            Output(run, "x");
        }

        Complete(run);
        Assert.Equal(most * (1 + OutputCost.FrameBytes), outbox.Credit);
        Assert.Equal(most, (await ReadAll(run)).OfType<OutputEvent>().Count());
    }

    [Fact]
    public void Unread_output_of_a_run_that_is_over_does_not_hold_up_the_next()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        for (var pieces = 0; pieces < 16; pieces++)
        {
            Output(run, new string('x', (64 * 1024) - OutputCost.FrameBytes));
        }

        Complete(run);
        Assert.Equal(1024 * 1024, outbox.Credit);
    }

    [Fact]
    public void More_output_than_credit_ends_the_connection()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        var piece = new string('x', (64 * 1024) - OutputCost.FrameBytes);
        var sent = 0;
        var thrown = Assert.Throws<ProtocolException>(() =>
        {
            for (; sent < 1000; sent++)
            {
                Output(run, piece);
            }
        });
        Assert.Contains("credit", thrown.Message, StringComparison.Ordinal);

        // 1 MiB of credit, 2 MiB of a run's end, and the largest display.
        const int pieces = 16 + 32 + 256;
        Assert.InRange(sent, pieces - 1, pieces + 2);
    }

    [Fact]
    public async Task A_flood_without_credit_is_bounded()
    {
        var run = Queue(options: new RunOptions { WaitForReader = true });
        Start(run);
        for (var events = 0; events < 100_000; events++)
        {
            dispatcher.Receive(new ProgressMessage(run.Number, 0.5, null));
            dispatcher.Receive(new DisplayMessage(run.Number, new Dictionary<string, string> { [new string('k', 1000)] = "" }));
            Output(run, "");
        }

        Complete(run);
        Assert.InRange((await ReadAll(run)).Count, 10, 2000);
    }

    [Fact]
    public async Task Background_output_keeps_the_newest()
    {
        for (var pieces = 0; pieces < 100; pieces++)
        {
            dispatcher.Receive(new OutputMessage(0, OutputStream.Stdout, $"{pieces:D3}{new string('x', 50_000)}"));
        }

        dispatcher.Close(WorkerEnding.Lost, Exit);
        var events = new List<RunEvent>();
        await foreach (var item in dispatcher.Background.ReadAsync())
        {
            Assert.Null(item.Run);
            events.Add(item);
        }

        Assert.IsType<OutputDroppedEvent>(events[0]);
        Assert.StartsWith("099", Assert.IsType<OutputEvent>(events[^1]).Text, StringComparison.Ordinal);
        Assert.InRange(events.Count, 15, 25);
    }
}
