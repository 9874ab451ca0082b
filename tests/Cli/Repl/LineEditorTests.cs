using System.Text;
using ProcInterrupt.Cli.Repl.Editing;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Repl;

/// <summary>Keys in, text out; a bar in the expected text is the cursor.</summary>
public sealed class LineEditorTests
{
    private const string Left = "\e[D";
    private const string Right = "\e[C";
    private const string Up = "\e[A";
    private const string Down = "\e[B";
    private const string Home = "\u0001";
    private const string End = "\u0005";
    private const string WordLeft = "\eb";
    private const string WordRight = "\ef";
    private const string Back = "\u007f";
    private const string Delete = "\e[3~";
    private const string NewLine = "\e\r";

    private readonly History history = new();
    private readonly LineEditor editor;

    public LineEditorTests() => editor = new LineEditor(history);

    [Theory]
    [InlineData("abc", "abc|")]
    [InlineData("abc" + Left + "x", "abx|c")]
    [InlineData("abc" + Home + "x", "x|abc")]
    [InlineData("abc" + Home + Right + "x", "ax|bc")]
    [InlineData("abc" + Home + End + "x", "abcx|")]
    [InlineData("abc" + Back, "ab|")]
    [InlineData("abc" + Left + Delete, "ab|")]
    [InlineData("abc" + Home + Back + Left, "|abc")]
    [InlineData("abc" + Delete + Right, "abc|")]
    [InlineData("one two" + "\u0017", "one |")]
    [InlineData("one two" + Left + "\u0015", "|o")]
    [InlineData("one two" + Home + "\u000b", "|")]
    [InlineData("one two" + "\u0017" + Home + "\u0019", "two|one ")]
    [InlineData("one two.three" + WordLeft + WordLeft + "x", "one x|two.three")]
    [InlineData("one two" + Home + WordRight + "x", "onex| two")]
    [InlineData("one two" + Home + "\ed", "| two")]
    public void Edits_one_line(string keys, string expected)
    {
        Type(keys);
        Assert.Equal(expected, Shown());
    }

    [Theory]
    [InlineData("日本" + Back, "日|")]
    [InlineData("a😀" + Left + "x", "ax|😀")]
    [InlineData("a😀" + Back, "a|")]
    [InlineData("e\u0301" + Back, "|")]
    [InlineData("👩‍👩‍👧" + Left + Delete, "|")]
    public void Characters_are_what_is_seen_as_one(string keys, string expected)
    {
        Type(keys);
        Assert.Equal(expected, Shown());
    }

    [Theory]
    [InlineData("one" + NewLine + "three" + Up + "x", "onex|\nthree")]
    [InlineData("one" + NewLine + "three" + Home + Up + "x", "x|one\nthree")]
    [InlineData("three" + NewLine + "" + NewLine + "three" + Up + Up + "x", "threex|\n\nthree")]
    [InlineData("one" + NewLine + "two" + Home + "x", "one\nx|two")]
    [InlineData("one" + NewLine + "two" + Home + Back, "one|two")]
    [InlineData("one" + NewLine + "two" + Up + Home + Down + "x", "one\nx|two")]
    [InlineData("one" + NewLine + "two" + Up + End + "\u000b", "one|two")]
    [InlineData("one" + NewLine + "two" + Home + Left + "x", "onex|\ntwo")]
    [InlineData("日本" + NewLine + "abcd" + Left + Up + "x", "日本x|\nabcd")]
    public void Moves_between_the_lines_of_an_entry(string keys, string expected)
    {
        Type(keys);
        Assert.Equal(expected, Shown());
    }

    [Fact]
    public void Up_and_down_go_through_whole_entries_and_back_to_what_was_being_typed()
    {
        history.Add("first");
        history.Add("two\nlines");
        editor.Clear();
        Type("draft" + Up);
        Assert.Equal("two\nlines|", Shown());
        Type(Up);
        Assert.Equal("two|\nlines", Shown());
        Type(Up);
        Assert.Equal("first|", Shown());
        Type(Up);
        Assert.Equal("first|", Shown());
        Type(Down + Down);
        Assert.Equal("draft|", Shown());
        Type(Down);
        Assert.Equal("draft|", Shown());
    }

    [Fact]
    public void An_entry_of_the_history_that_is_changed_is_a_new_one()
    {
        history.Add("first");
        editor.Clear();
        Type(Up + "!");
        history.Add(editor.Text);
        editor.Clear();
        Type(Up);
        Assert.Equal("first!", editor.Text);
        Type(Up);
        Assert.Equal("first", editor.Text);
    }

    [Fact]
    public void Tab_indents_at_the_beginning_of_a_line_and_completes_elsewhere()
    {
        Assert.Equal(EditAction.None, Type("\t"));
        Assert.Equal("    |", Shown());
        Assert.Equal(EditAction.Complete, Type("x\t"));
        Assert.Equal("    x|", Shown());
    }

    [Fact]
    public void Ctrl_D_ends_only_an_empty_entry()
    {
        Assert.Equal(EditAction.EndOfInput, Type("\u0004"));
        Assert.Equal(EditAction.None, Type("ab" + Home + "\u0004"));
        Assert.Equal("|b", Shown());
        Assert.Equal(EditAction.None, Type(End + "\u0004"));
        Assert.Equal("b|", Shown());
    }

    [Fact]
    public void Enter_is_its_owners_to_decide()
    {
        Assert.Equal(EditAction.Enter, Type("if (a) {\r"));
        editor.BreakLine("    ");
        Assert.Equal("if (a) {\n    |", Shown());
        Type("}");
        Assert.Equal("if (a) {\n}|", Shown());
    }

    [Fact]
    public void A_closing_brace_stands_where_it_is_typed_unless_it_begins_its_line()
    {
        Type("    }");
        Assert.Equal("    }|", Shown());
        editor.Clear();
        Type("{" + NewLine + "        }");
        Assert.Equal("{\n    }|", Shown());
        editor.Clear();
        Type("{" + NewLine + "    a }");
        Assert.Equal("{\n    a }|", Shown());
    }

    [Fact]
    public void Pasted_lines_stay_as_they_are()
    {
        Type("x\e[200~\tone\r\n  two {\r\n  }\e[201~");
        Assert.Equal("x\tone\n  two {\n  }|", Shown());
    }

    [Fact]
    public void A_completion_replaces_what_was_begun()
    {
        Type("Console.wri();" + Left + Left + Left);
        editor.Replace(8, 11, "Write");
        Assert.Equal("Console.Write|();", Shown());
    }

    [Fact]
    public void Any_keys_leave_the_cursor_on_a_character_of_the_text()
    {
        const int seed = 11;
        var random = new Random(seed);
        string[] keys = ["a", "日", "😀", "e\u0301", "}", "\t", Left, Right, Up, Down, Home, End, WordLeft, WordRight, Back, Delete, NewLine, "\u0015", "\u000b", "\u0017", "\u0019", "\ed", "\e[200~a\nb\e[201~"];
        history.Add("an\nentry");
        editor.Clear();
        for (var step = 0; step < 20_000; step++)
        {
            Type(keys[random.Next(keys.Length)]);
            Assert.InRange(editor.Cursor, 0, editor.Text.Length);
            Assert.False(editor.Cursor < editor.Text.Length && char.IsLowSurrogate(editor.Text[editor.Cursor]), $"seed {seed}, step {step}");
            if (editor.Text.Length > 200)
            {
                editor.Clear();
            }
        }
    }

    private EditAction Type(string keys)
    {
        var decoder = new KeyDecoder();
        var last = EditAction.None;
        foreach (var key in Encoding.UTF8.GetBytes(keys).Select(decoder.Feed).OfType<Key>())
        {
            last = editor.Apply(key);
        }

        return last;
    }

    private string Shown() => editor.Text.Insert(editor.Cursor, "|");
}
