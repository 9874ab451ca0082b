using System.Text;
using ProcInterrupt.Tests.Controller;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.Tests.WorkerProcess.Output;

public sealed class Utf8TextTests
{
    [Theory]
    [InlineData(new byte[] { }, 0)]
    [InlineData(new byte[] { 0x61 }, 0)]
    [InlineData(new byte[] { 0xC3 }, 1)]
    [InlineData(new byte[] { 0xC3, 0xA4 }, 0)]
    [InlineData(new byte[] { 0x61, 0xE2, 0x82 }, 2)]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98 }, 3)]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80 }, 0)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80 }, 0)]
    public void An_incomplete_character_at_the_end_is_found(byte[] bytes, int tail) => Assert.Equal(tail, Utf8Text.IncompleteTail(bytes));

    [Fact]
    public void Bytes_that_come_in_pieces_give_the_text_that_they_give_as_a_whole()
    {
        var seed = TestSeed.Next();
        var random = new Random(seed);
        for (var turn = 0; turn < 5000; turn++)
        {
            var bytes = RandomBytes(random);
            var expected = Encoding.UTF8.GetString(bytes);
            var text = new StringBuilder();
            byte[] held = [];
            for (var start = 0; start < bytes.Length;)
            {
                var count = random.Next(1, bytes.Length - start + 1);
                byte[] piece = [.. held, .. bytes[start..(start + count)]];
                start += count;
                var tail = start == bytes.Length ? 0 : Utf8Text.IncompleteTail(piece);
                held = piece[^tail..];
                text.Append(Encoding.UTF8.GetString(Utf8Text.Repair(piece.AsSpan()[..^tail])));
            }

            Assert.True(expected == text.ToString(), $"{Convert.ToHexString(bytes)} became another text in pieces, seed {seed}.");
        }
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new List<byte>();
        while (random.Next(8) != 0)
        {
            if (random.Next(3) == 0)
            {
                bytes.Add((byte)random.Next(256));
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(random.Next(4) switch { 0 => "a", 1 => "ä", 2 => "€", _ => "😀" }));
            }
        }

        return [.. bytes];
    }
}
