using System.Text;
using System.Text.Unicode;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>Makes valid UTF-8 of bytes that should be, and come in pieces.</summary>
internal static class Utf8Text
{
    /// <summary>The most bytes of a character that may be missing their end.</summary>
    public const int MaxIncompleteBytes = 3;

    /// <summary>How many of the last bytes are the beginning of a character whose end may come with the next piece.</summary>
    public static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(MaxIncompleteBytes, bytes.Length); back++)
        {
            var size = bytes[^back] switch
            {
                < 0x80 => 1,
                < 0xC0 => 0,
                < 0xE0 => 2,
                < 0xF0 => 3,
                _ => 4,
            };
            if (size > 0)
            {
                return size > back ? back : 0;
            }
        }

        return 0;
    }

    /// <summary>The same bytes where they are valid; otherwise a copy with U+FFFD for what is not.</summary>
    public static ReadOnlySpan<byte> Repair(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes) ? bytes : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes));
}
