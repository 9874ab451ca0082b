using System.Text;
using System.Text.RegularExpressions;
using ProcInterrupt.Messages;
using ProcInterrupt.Tests.Controller;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.Tests.WorkerProcess.Output;

public sealed class OutputBufferTests
{
    private readonly OutputBuffer buffer = new();

    [Fact]
    public void Text_of_one_run_and_stream_is_joined()
    {
        buffer.Open(1);
        buffer.Append(1, OutputStream.Stdout, "a");
        buffer.Append(1, OutputStream.Stdout, "b");
        buffer.Append(1, OutputStream.Stderr, "c");
        buffer.Append(1, OutputStream.Stdout, "d");
        Assert.Equal(["ab", "c", "d"], TakeText());
    }

    [Fact]
    public void What_a_run_writes_after_its_end_carries_no_run()
    {
        buffer.Open(1);
        buffer.Append(1, OutputStream.Stdout, "in time");
        buffer.Close();
        buffer.Append(1, OutputStream.Stdout, "late");
        buffer.Open(2);
        buffer.Append(1, OutputStream.Stdout, "later");
        buffer.Append(2, OutputStream.Stdout, "next");
        Assert.Equal([(1u, "in time"), (0u, "latelater"), (2u, "next")], Take().Cast<OutputPiece>().Select(piece => (piece.Run, Text(piece))));
    }

    [Fact]
    public void It_takes_no_more_than_its_bound_and_says_how_much()
    {
        buffer.Open(1);
        var text = new string('x', 2 * OutputBuffer.MaxBytes);
        var taken = buffer.Append(1, OutputStream.Stdout, text);
        Assert.InRange(taken, OutputBuffer.MaxBytes - (64 * OutputItem.Overhead), OutputBuffer.MaxBytes);
        Assert.False(buffer.HasSpace);
        Assert.Equal(0, buffer.Append(1, OutputStream.Stdout, "y"));
        Assert.Equal(0, buffer.AppendUtf8(1, OutputStream.Stdout, "y"u8));
        Assert.False(buffer.TryAppendLine(1, OutputStream.Stdout, "y"));
        Assert.False(buffer.TryAppend(1, 1, run => new ProgressMessage(run, 0, null)));
        var pieces = TakeText();
        Assert.Equal(taken, pieces.Sum(piece => piece.Length));
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, ProtocolConstants.MaxOutputPieceBytes));
        Assert.True(buffer.HasSpace);
        Assert.True(buffer.HasRoom);
    }

    [Fact]
    public void What_is_captured_beyond_a_budget_that_is_used_up_to_the_last_byte_exceeds_it()
    {
        var budget = OpenWithBudget(4);
        buffer.AppendCaptured(OutputStream.Stdout, "abcd"u8);
        Assert.False(budget.IsExceeded);
        buffer.AppendCaptured(OutputStream.Stdout, "e"u8);
        Assert.True(budget.IsExceeded);
        Assert.Equal(["abcd"], TakeText());
    }

    [Fact]
    public void A_captured_flood_of_one_run_does_not_exceed_the_budget_of_the_next()
    {
        var budget = OpenWithBudget(4);
        buffer.AppendCaptured(OutputStream.Stdout, "abcdefgh"u8);
        Assert.True(budget.IsExceeded);
        buffer.Close();
        budget.Begin();
        buffer.Open(2);
        buffer.AppendCaptured(OutputStream.Stdout, "ijklmnop"u8);
        Assert.False(budget.IsExceeded);
        Assert.Equal(["abcd"], TakeText());
    }

    [Fact]
    public void Tiny_pieces_count_for_what_they_cost()
    {
        buffer.Open(1);
        var pieces = 0;
        while (buffer.Append(1, pieces % 2 == 0 ? OutputStream.Stdout : OutputStream.Stderr, "x") == 1)
        {
            pieces++;
        }

        Assert.InRange(pieces, 1000, OutputBuffer.MaxBytes / OutputItem.Overhead);
        Assert.Equal(pieces, Take().Count);
        Assert.True(buffer.HasRoom);
    }

    [Fact]
    public void A_frame_keeps_its_place_among_the_text()
    {
        buffer.Open(1);
        buffer.Append(1, OutputStream.Stdout, "before");
        Assert.True(buffer.TryAppend(1, 10, run => new DisplayMessage(run, new Dictionary<string, string>())));
        buffer.Append(1, OutputStream.Stdout, "after");
        Assert.Equal([typeof(OutputPiece), typeof(DisplayMessage), typeof(OutputPiece)], Take().Select(frame => frame.GetType()));
    }

    [Fact]
    public void A_surrogate_pair_in_two_halves_is_joined_also_across_the_border_of_pieces()
    {
        buffer.Open(1);
        const int most = 40_000;
        for (var characters = 0; characters < most; characters++)
        {
            // 4 bytes each, and 3 that move them off the border.
            buffer.Append(1, OutputStream.Stdout, characters == 0 ? "\u20ac\ud83d" : "\ud83d");
            buffer.Append(1, OutputStream.Stdout, "\ude00");
        }

        var pieces = TakeText();
        Assert.True(pieces.Count > 2);
        Assert.Equal("\u20ac" + string.Concat(Enumerable.Repeat("\ud83d\ude00", most)), string.Concat(pieces));
    }

    [Theory]
    [InlineData(@"a\ud83d", "b", @"a\ufffdb")]
    [InlineData(@"\ud83d", @"\ud83d\ude00", @"\ufffd\ud83d\ude00")]
    [InlineData(@"\ude00", @"\ud83d", @"\ufffd\ufffd")]
    [InlineData(@"a\ud83db\ude00c", @"\u0000", @"a\ufffdb\ufffdc\u0000")]
    public void A_half_without_the_other_is_replaced(string first, string second, string expected)
    {
        // Escaped once more, since an attribute's text is UTF-8.
        buffer.Open(1);
        buffer.Append(1, OutputStream.Stdout, Regex.Unescape(first));
        buffer.Append(1, OutputStream.Stdout, Regex.Unescape(second));
        buffer.Close();
        Assert.Equal(Regex.Unescape(expected), string.Concat(TakeText()));
    }

    [Fact]
    public void Halves_of_two_streams_or_runs_are_no_pair()
    {
        buffer.Open(1);
        buffer.Append(1, OutputStream.Stdout, "\ud83d");
        buffer.Append(1, OutputStream.Stderr, "\ude00");
        buffer.Close();
        buffer.Append(1, OutputStream.Stdout, "\ude00");
        Assert.Equal(["\ufffd", "\ufffd", "\ufffd"], TakeText());
    }

    [Fact]
    public void At_the_end_of_a_run_only_its_own_is_taken_though_others_write_on()
    {
        buffer.Open(1);
        buffer.Append(1, OutputStream.Stdout, "mine");
        buffer.SetProgress(1, 1, "done");
        buffer.Close();
        var taken = new List<IMessage>();
        while (buffer.TryTake(out var message, closing: true))
        {
            taken.Add(message);
            buffer.Append(1, OutputStream.Stdout, "late");
        }

        Assert.Equal([typeof(OutputPiece), typeof(ProgressMessage)], taken.Select(message => message.GetType()));
        Assert.Equal("latelate", string.Concat(TakeText()));
    }

    [Fact]
    public void Of_many_reports_of_progress_the_latest_is_sent_in_its_place()
    {
        buffer.Open(1);
        for (var line = 0; line < 100; line++)
        {
            buffer.SetProgress(1, line / 100.0, null);
            buffer.Append(1, OutputStream.Stdout, $"{line},");
        }

        var taken = Take();
        Assert.Equal([typeof(OutputPiece), typeof(ProgressMessage), typeof(OutputPiece)], taken.Select(message => message.GetType()));
        Assert.Equal(0.99, Assert.IsType<ProgressMessage>(taken[1]).Fraction);
        Assert.Equal("99,", Text(taken[2]));
        Assert.EndsWith("98,", Text(taken[0]), StringComparison.Ordinal);

        // So soon after it the next one waits, unless the run ends.
        buffer.SetProgress(1, 1, null);
        Assert.True(buffer.HasProgress);
        buffer.Close();
        Assert.True(buffer.TryTake(out var last, closing: true));
        Assert.Equal((1u, 1.0), (Assert.IsType<ProgressMessage>(last).Run, ((ProgressMessage)last).Fraction));
        Assert.False(buffer.HasProgress);
    }

    [Fact]
    public void A_thread_that_outlived_its_run_does_not_replace_the_progress_of_the_next()
    {
        buffer.Open(2);
        buffer.SetProgress(2, 0.5, null);
        buffer.SetProgress(1, 0.1, null);
        Assert.Equal(0.5, Assert.IsType<ProgressMessage>(Assert.Single(Take())).Fraction);
    }

    [Fact]
    public void Memory_that_is_used_again_holds_no_text_that_is_still_to_be_sent()
    {
        var seed = TestSeed.Next();
        var random = new Random(seed);
        buffer.Open(1);
        var expected = new StringBuilder();
        var actual = new StringBuilder();
        var displays = 0;
        for (var turn = 0; turn < 20_000; turn++)
        {
            var text = new string((char)random.Next('a', 'z'), random.Next(0, 3000));
            expected.Append(text, 0, buffer.Append(1, OutputStream.Stdout, text));
            if (random.Next(4) == 0)
            {
                buffer.SetProgress(1, 0.5, null);
            }

            displays += random.Next(20) == 0 && buffer.TryAppend(1, random.Next(1, 5000), run => new DisplayMessage(run, new Dictionary<string, string>())) ? 1 : 0;
            if (random.Next(10) == 0)
            {
                for (var pieces = random.Next(40); pieces > 0 && buffer.TryTake(out var message); pieces--)
                {
                    Note(message);
                }
            }
        }

        while (buffer.TryTake(out var message))
        {
            Note(message);
        }

        Assert.True(expected.Equals(actual), $"Text was changed on its way, seed {seed}.");
        Assert.Equal(0, displays);

        void Note(IMessage message)
        {
            actual.Append(message is OutputPiece ? Text(message) : "");
            displays -= message is DisplayMessage ? 1 : 0;
            buffer.Recycle(message);
        }
    }

    private OutputBudget OpenWithBudget(long bytes)
    {
        var budget = new OutputBudget(bytes);
        buffer.Budget = budget;
        buffer.Open(1);
        return budget;
    }

    private static string Text(IMessage piece) => Encoding.UTF8.GetString(Assert.IsType<OutputPiece>(piece).Text);

    private List<string> TakeText() => [.. Take().Select(Text)];

    private List<IMessage> Take()
    {
        var frames = new List<IMessage>();
        while (buffer.TryTake(out var frame))
        {
            frames.Add(frame);
        }

        return frames;
    }
}
