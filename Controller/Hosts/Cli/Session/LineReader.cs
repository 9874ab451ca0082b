namespace ProcInterrupt.Cli.Session;

/// <summary>Cuts a stream of bytes into lines. Not thread-safe.</summary>
internal sealed class LineReader
{
    /// <summary>Twice the largest frame: whatever is longer could not reach the worker anyway.</summary>
    public const int DefaultMaximum = 32 * 1024 * 1024;

    private const int InitialSize = 64 * 1024;

    private readonly Stream input;
    private readonly int maximum;
    private byte[] buffer = new byte[InitialSize];
    private int start;
    private int end;

    /// <param name="input">Read to its end; not disposed.</param>
    /// <param name="maximum">Bytes a line may have; of longer ones nothing is kept.</param>
    public LineReader(Stream input, int maximum = DefaultMaximum)
    {
        this.input = input;
        this.maximum = maximum;
    }

    /// <summary>Reads the next line, blocking until it is whole.</summary>
    /// <param name="line">The line in an array of its own; <see langword="null"/> when it was longer than the maximum.</param>
    /// <returns><see langword="false"/> at the end of the stream. A last line that has no end is a line.</returns>
    public bool TryRead(out byte[]? line)
    {
        var scanned = start;
        var tooLong = false;
        while (true)
        {
            var found = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = Take(scanned + found, tooLong);
                start = scanned + found + 1;
                return true;
            }

            if (end - start > maximum)
            {
                tooLong = true;
            }

            if (tooLong)
            {
                start = end;
            }

            scanned = MakeRoom();
            var count = input.Read(buffer, end, buffer.Length - end);
            if (count == 0)
            {
                var isLine = tooLong || end > start;
                line = isLine ? Take(end, tooLong) : null;
                start = end;
                return isLine;
            }

            end += count;
        }
    }

    private byte[]? Take(int stop, bool tooLong) => tooLong || stop - start > maximum ? null : buffer[start..stop];

    /// <summary>Makes room behind what is buffered.</summary>
    /// <returns>Where the part that holds no line end stops.</returns>
    private int MakeRoom()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        return end;
    }
}
