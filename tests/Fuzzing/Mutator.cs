namespace ProcInterrupt.Tests.Fuzzing;

/// <summary>Changes inputs, mostly a little and near the front, where the structure is.</summary>
internal static class Mutator
{
    private const int LongestInput = 4096;

    /// <summary>MessagePack's codes at which the meaning changes, and numbers at which encodings do.</summary>
    private static readonly byte[] Telling =
    [
        0x00, 0x01, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x91, 0x93, 0x9f, 0xa0, 0xa1, 0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb,
        0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xff, (byte)'"', (byte)'{', (byte)'\\',
    ];

    public static byte[] Change(byte[] input, byte[] other, Random random)
    {
        for (var changes = 1 + random.Next(4); changes > 0; changes--)
        {
            input = ChangeOnce(input, other, random);
        }

        return input.Length > LongestInput ? input[..LongestInput] : input;
    }

    private static byte[] ChangeOnce(byte[] input, byte[] other, Random random)
    {
        if (input.Length == 0)
        {
            return [Telling[random.Next(Telling.Length)]];
        }

        const int front = 40;
        var at = random.Next(random.Next(4) == 0 ? input.Length : Math.Min(input.Length, front));
        switch (random.Next(9))
        {
            case 0:
                return Replaced(input, at, [(byte)(input[at] ^ (1 << random.Next(8)))]);
            case 1:
                return Replaced(input, at, [(byte)random.Next(256)]);
            case 2:
                return Replaced(input, at, [Telling[random.Next(Telling.Length)]]);
            case 3:
                return [.. input[..at], Telling[random.Next(Telling.Length)], .. input[at..]];
            case 4:
                return [.. input[..at], .. input[Math.Min(input.Length, at + 1 + random.Next(4))..]];
            case 5:
                return input[..at];
            case 6:
                // A number of four bytes that is at an edge, or lies.
                uint[] numbers = [0, 1, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue, (uint)input.Length, 1 << 20];
                return Replaced(input, at, BitConverter.GetBytes(numbers[random.Next(numbers.Length)]));
            case 7:
                var end = random.Next(at, input.Length);
                return [.. input[..end], .. input[at..end], .. input[end..]];
            default:
                return [.. input[..at], .. other[Math.Min(other.Length, random.Next(front))..]];
        }
    }

    private static byte[] Replaced(byte[] input, int at, ReadOnlySpan<byte> by)
    {
        var copy = (byte[])input.Clone();
        by[..Math.Min(by.Length, copy.Length - at)].CopyTo(copy.AsSpan(at));
        return copy;
    }
}
