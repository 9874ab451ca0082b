using System.Text;
using ProcInterrupt.Cli.Session;
using Xunit;

namespace ProcInterrupt.Tests.Cli.Session;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\nbc\n\nd", new[] { "a", "bc", "", "d" })]
    public void Lines_are_cut_at_newlines(string text, string[] expected) =>
        Assert.Equal<string?>(expected, ReadAll(new MemoryStream(Encoding.UTF8.GetBytes(text)), 100));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void How_the_bytes_arrive_does_not_matter(int pieceSize)
    {
        var lines = Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), i * 7)).ToArray();
        var text = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        Assert.Equal<string?>(lines, ReadAll(new PieceStream(text, pieceSize), 10_000));
    }

    [Fact]
    public void A_line_of_many_megabytes_is_read()
    {
        var large = new string('x', 5_000_000);
        Assert.Equal<string?>([large, "next"], ReadAll(new MemoryStream(Encoding.UTF8.GetBytes(large + "\nnext")), 6_000_000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000_000)]
    public void A_line_over_the_maximum_is_skipped_and_the_next_one_is_whole(int pieceSize)
    {
        var text = Encoding.UTF8.GetBytes("1234567890\n12345678901\nok\n" + new string('x', 300));
        Assert.Equal<string?>(["1234567890", null, "ok", null], ReadAll(new PieceStream(text, pieceSize), 10));
    }

    private static List<string?> ReadAll(Stream input, int maximum)
    {
        var reader = new LineReader(input, maximum);
        var lines = new List<string?>();
        while (reader.TryRead(out var line))
        {
            lines.Add(line is null ? null : Encoding.UTF8.GetString(line));
        }

        return lines;
    }

    /// <summary>Gives a few bytes at a time, as a pipe may.</summary>
    private sealed class PieceStream(byte[] content, int pieceSize) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, pieceSize));
    }
}
