using ProcInterrupt.Cli.Repl.Editing;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Repl;

public sealed class EntryLayoutTests
{
    [Fact]
    public void Lines_stand_behind_their_prompts()
    {
        var layout = EntryLayout.Of("one\ntwo", 5, "c> ", ".> ", 80);
        Assert.Equal([new EntryRow("c> ", "one"), new EntryRow(".> ", "two")], layout.Rows);
        Assert.Equal((1, 4), (layout.CursorRow, layout.CursorColumn));
    }

    [Fact]
    public void What_is_too_long_goes_on_in_the_next_row()
    {
        var layout = EntryLayout.Of("abcdefghij", 8, "> ", ". ", 6);
        Assert.Equal([new EntryRow("> ", "abcd"), new EntryRow("", "efghij")], layout.Rows);
        Assert.Equal((1, 4), (layout.CursorRow, layout.CursorColumn));
    }

    [Fact]
    public void Behind_the_last_column_the_cursor_is_in_the_next_row()
    {
        var layout = EntryLayout.Of("abcd", 4, "> ", ". ", 6);
        Assert.Equal([new EntryRow("> ", "abcd"), new EntryRow("", "")], layout.Rows);
        Assert.Equal((1, 0), (layout.CursorRow, layout.CursorColumn));
    }

    [Fact]
    public void Wide_characters_take_two_columns_and_are_not_broken()
    {
        var layout = EntryLayout.Of("a日本", 3, "> ", ". ", 6);
        Assert.Equal([new EntryRow("> ", "a日"), new EntryRow("", "本")], layout.Rows);
        Assert.Equal((1, 2), (layout.CursorRow, layout.CursorColumn));
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("a", 3)]
    [InlineData("é", 3)]
    [InlineData("e\u0301", 3)]
    [InlineData("日", 4)]
    [InlineData("😀", 4)]
    [InlineData("👩‍👩‍👧", 4)]
    [InlineData("❤\uFE0F", 4)]
    [InlineData("ｱ", 3)]
    [InlineData("한", 4)]
    [InlineData("\u0007", 4)]
    [InlineData("\t", 6)]
    public void The_cursor_stands_behind_what_is_seen(string text, int column) =>
        Assert.Equal(column, EntryLayout.Of(text, text.Length, "> ", ". ", 80).CursorColumn);

    [Fact]
    public void Control_characters_are_shown_and_move_nothing() =>
        Assert.Equal("a^[b^G    ^?", EntryLayout.Of("a\eb\u0007\t\u007f", 0, "> ", ". ", 80).Rows[0].Text);

    [Fact]
    public void Every_place_of_any_text_is_within_the_screen()
    {
        const int seed = 5;
        var random = new Random(seed);
        string[] pieces = ["a", "日", "😀", "\n", "\t", "e\u0301", "\e", "bcdef"];
        for (var round = 0; round < 500; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => pieces[random.Next(pieces.Length)]));
            var width = random.Next(8, 20);
            for (var cursor = 0; cursor <= text.Length; cursor++)
            {
                var layout = EntryLayout.Of(text, cursor, "> ", ". ", width);
                Assert.True(layout.CursorRow >= 0 && layout.CursorRow < layout.Rows.Count && layout.CursorColumn >= 0 && layout.CursorColumn < width, $"seed {seed}, round {round}");
                Assert.All(layout.Rows, row => Assert.True(TextWidth.OfText(row.Prompt + row.Text) <= width, $"seed {seed}, round {round}"));
            }
        }
    }
}
