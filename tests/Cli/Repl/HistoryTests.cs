using ProcInterrupt.Cli.Repl.Editing;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Repl;

public sealed class HistoryTests
{
    private readonly History history = new();

    [Fact]
    public void Nothing_is_before_the_first_entry_and_behind_the_last()
    {
        Assert.Null(history.Previous("draft"));
        Assert.Null(history.Next());
        history.Add("a");
        Assert.Equal("a", history.Previous("draft"));
        Assert.Null(history.Previous("a"));
        Assert.Equal("draft", history.Next());
        Assert.Null(history.Next());
    }

    [Fact]
    public void The_same_entry_twice_in_a_row_is_kept_once_and_blank_ones_are_not()
    {
        history.Add("a");
        history.Add("a");
        history.Add("  \n");
        history.Add("b");
        history.Add("a");
        Assert.Equal(["a", "b", "a"], Backwards());
    }

    [Fact]
    public void The_oldest_of_more_than_a_thousand_make_room()
    {
        for (var i = 0; i < 1001; i++)
        {
            history.Add($"{i}");
        }

        var entries = Backwards();
        Assert.Equal((1000, "1000", "1"), (entries.Count, entries[0], entries[^1]));
    }

    private List<string> Backwards()
    {
        var entries = new List<string>();
        while (history.Previous("") is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }
}
