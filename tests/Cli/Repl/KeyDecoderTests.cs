using System.Text;
using ProcInterrupt.Cli.Repl.Editing;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Repl;

public sealed class KeyDecoderTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("é", "é")]
    [InlineData("日", "日")]
    [InlineData("😀", "😀")]
    public void Characters_are_text(string typed, string expected) => Assert.Equal([new Key(KeyKind.Text, expected)], Decode(typed));

    [Theory]
    [InlineData("\r", nameof(KeyKind.Enter))]
    [InlineData("\n", nameof(KeyKind.Enter))]
    [InlineData("\t", nameof(KeyKind.Tab))]
    [InlineData("\u007f", nameof(KeyKind.Backspace))]
    [InlineData("\b", nameof(KeyKind.Backspace))]
    [InlineData("\u0001", nameof(KeyKind.Home))]
    [InlineData("\u0003", nameof(KeyKind.Interrupt))]
    [InlineData("\u0004", nameof(KeyKind.DeleteOrEnd))]
    [InlineData("\u0005", nameof(KeyKind.End))]
    [InlineData("\u000b", nameof(KeyKind.KillToEnd))]
    [InlineData("\u000c", nameof(KeyKind.ClearScreen))]
    [InlineData("\u0015", nameof(KeyKind.KillToStart))]
    [InlineData("\u0017", nameof(KeyKind.KillWord))]
    [InlineData("\0", nameof(KeyKind.None))]
    [InlineData("\e[A", nameof(KeyKind.Up))]
    [InlineData("\eOB", nameof(KeyKind.Down))]
    [InlineData("\e[C", nameof(KeyKind.Right))]
    [InlineData("\eOD", nameof(KeyKind.Left))]
    [InlineData("\e[H", nameof(KeyKind.Home))]
    [InlineData("\e[1~", nameof(KeyKind.Home))]
    [InlineData("\e[4~", nameof(KeyKind.End))]
    [InlineData("\eOF", nameof(KeyKind.End))]
    [InlineData("\e[3~", nameof(KeyKind.Delete))]
    [InlineData("\e[1;5C", nameof(KeyKind.WordRight))]
    [InlineData("\e[1;3D", nameof(KeyKind.WordLeft))]
    [InlineData("\eb", nameof(KeyKind.WordLeft))]
    [InlineData("\ef", nameof(KeyKind.WordRight))]
    [InlineData("\e\r", nameof(KeyKind.NewLine))]
    [InlineData("\e\u007f", nameof(KeyKind.KillWord))]
    [InlineData("\e[15;2~", nameof(KeyKind.None))]
    [InlineData("\e[?1;2c", nameof(KeyKind.None))]
    public void Sequences_are_keys(string typed, string expected) => Assert.Equal([new Key(Enum.Parse<KeyKind>(expected))], Decode(typed));

    [Fact]
    public void Pasted_text_is_one_key_with_line_feeds() =>
        Assert.Equal(
            [new Key(KeyKind.Paste, "one\ntwo\nthree\n\e[A"), new Key(KeyKind.Text, "x")],
            Decode("\e[200~one\r\ntwo\rthree\n\e[A\e[201~x"));

    [Fact]
    public void An_unknown_sequence_is_swallowed_whole_and_the_next_key_is_its_own() =>
        Assert.Equal([new Key(KeyKind.None), new Key(KeyKind.Text, "x")], Decode("\e[1;2;3!zx"));

    [Fact]
    public void A_sequence_that_is_cut_short_does_not_take_the_next_key() =>
        Assert.Equal([new Key(KeyKind.Enter), new Key(KeyKind.Text, "x")], Decode("\e[1\rx"));

    [Fact]
    public void Bytes_that_are_no_character_do_not_take_the_next_one()
    {
        Assert.Equal([new Key(KeyKind.Text, "x")], Decode([0xe2, 0x82, (byte)'x']));
        Assert.Equal([new Key(KeyKind.Text, "\uFFFD"), new Key(KeyKind.Text, "x")], Decode([0xff, (byte)'x']));
        Assert.Equal([new Key(KeyKind.Text, "\uFFFD")], Decode([0x80]));
    }

    [Fact]
    public void Any_bytes_leave_the_decoder_usable()
    {
        var random = new Random(7);
        for (var round = 0; round < 2000; round++)
        {
            var decoder = new KeyDecoder();
            var bytes = new byte[random.Next(20)];
            random.NextBytes(bytes);
            foreach (var next in bytes)
            {
                decoder.Feed(next);
            }

            decoder.Reset();
            Assert.Equal(new Key(KeyKind.Text, "x"), decoder.Feed((byte)'x'));
        }
    }

    private static List<Key> Decode(string typed) => Decode(Encoding.UTF8.GetBytes(typed));

    private static List<Key> Decode(byte[] bytes)
    {
        var decoder = new KeyDecoder();
        return [.. bytes.Select(decoder.Feed).OfType<Key>()];
    }
}
