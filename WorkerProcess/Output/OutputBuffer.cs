using System.Text;
using System.Text.Unicode;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>What running code wrote and has not been sent: bounded, in order, text joined into large pieces of UTF-8.</summary>
/// <remarks>
/// Safe from any thread. It never waits: whoever finds it full decides. A surrogate pair that is written in two halves is
/// joined; a half without the other becomes U+FFFD.
/// </remarks>
internal sealed class OutputBuffer
{
    /// <summary>The bound, in bytes of UTF-8. The last thing let in may be larger.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>How long a report of progress waits for a newer one, when one was sent just before.</summary>
    private const long ProgressNanos = 20_000_000;

    private const int SmallBytes = 256;
    private const int MaxPooled = MaxBytes / TextItem.MaxBytes;

    private readonly Lock gate = new();
    private readonly Queue<OutputItem> items = new();
    private readonly Stack<byte[]> pool = new();
    private readonly (uint Run, char High)[] halves = new (uint, char)[(int)OutputStream.Stderr + 1];
    private TextItem? last;
    private volatile int pending;
    private long written;
    private long closedAt;
    private uint openRun;
    private volatile ProgressMessage? progress;
    private long progressAt;
    private long progressSentNanos;

    /// <summary>Set before anything is written.</summary>
    public OutputBudget? Budget { get; set; }

    public bool HasSpace => pending < MaxBytes;

    /// <summary>Whether it is worth waking whoever waits for space: not for a little at a time.</summary>
    public bool HasRoom => pending <= MaxBytes / 2;

    /// <summary>Whether it is worth sending without waiting for more.</summary>
    public bool HasPiece => pending >= TextItem.MaxBytes;

    /// <summary>Whether a report of progress waits for its time.</summary>
    public bool HasProgress => progress is not null;

    /// <summary>From now on this run's output goes under its number; every other run's under 0.</summary>
    public void Open(uint run)
    {
        lock (gate)
        {
            openRun = run;
        }
    }

    /// <summary>The run is over: what its threads still write goes under 0.</summary>
    public void Close()
    {
        lock (gate)
        {
            foreach (var stream in (ReadOnlySpan<OutputStream>)[OutputStream.Stdout, OutputStream.Stderr])
            {
                GiveUpHalf(stream);
            }

            openRun = 0;
            last = null;
            closedAt = written;
        }
    }

    /// <summary>Appends as much as there is room for.</summary>
    /// <returns>How many characters were taken.</returns>
    public int Append(uint run, OutputStream stream, ReadOnlySpan<char> text)
    {
        lock (gate)
        {
            return AppendChars(run == openRun ? run : 0, stream, text);
        }
    }

    /// <summary>Appends a line and its end, so that nothing of another thread comes between, unless there is no room for all of it.</summary>
    public bool TryAppendLine(uint run, OutputStream stream, ReadOnlySpan<char> text)
    {
        lock (gate)
        {
            if (Math.Min(MaxBytes - pending, Budget?.Left ?? MaxBytes) <= ((long)text.Length + 2) * 3)
            {
                return false;
            }

            var shown = run == openRun ? run : 0;
            if (!text.IsEmpty)
            {
                AppendChars(shown, stream, text);
            }

            AppendChars(shown, stream, ['\n']);
            return true;
        }
    }

    /// <summary>Appends as much as there is room for of text that is UTF-8 already.</summary>
    /// <param name="run">The writer's run.</param>
    /// <param name="stream">Where it was written.</param>
    /// <param name="text">Valid, whole characters.</param>
    /// <returns>How many bytes were taken.</returns>
    public int AppendUtf8(uint run, OutputStream stream, ReadOnlySpan<byte> text)
    {
        lock (gate)
        {
            return AppendBytes(run == openRun ? run : 0, stream, text, MaxBytes - pending);
        }
    }

    /// <summary>Appends what came in from outside, under the run that is current, whether there is room or not.</summary>
    /// <param name="stream">Where it was written.</param>
    /// <param name="text">Valid, whole characters.</param>
    public void AppendCaptured(OutputStream stream, ReadOnlySpan<byte> text)
    {
        lock (gate)
        {
            if (Budget is not { } budget)
            {
                AppendBytes(openRun, stream, text, int.MaxValue);
            }
            else if (!budget.IsFlood(MonotonicClock.Nanos))
            {
                AppendBytes(openRun, stream, text, int.MaxValue);
                if (budget.IsExceeded && budget.Left < TextItem.MaxCharacterBytes)
                {
                    budget.Flooded(MonotonicClock.Nanos);
                }
            }
        }
    }

    /// <summary>Appends a frame in order with the text around it.</summary>
    /// <param name="run">The writer's run.</param>
    /// <param name="size">What it counts against the bound, in bytes, more than 0.</param>
    /// <param name="message">Makes the frame for the number it is to carry.</param>
    /// <returns>False when there is no room; where there is any, one larger than what is left is let in.</returns>
    public bool TryAppend(uint run, int size, Func<uint, IMessage> message)
    {
        lock (gate)
        {
            if (!HasSpace)
            {
                return false;
            }

            if (Budget?.Left < size)
            {
                Budget.Exceed();
                return true;
            }

            last = null;
            items.Enqueue(new FrameItem(written, size, message(run == openRun ? run : 0)));
            Budget?.Spend(size);
            written += size;
            pending += size + OutputItem.Overhead;
            return true;
        }
    }

    /// <summary>Puts the latest report of progress behind what has been written so far; one that has not been sent is forgotten.</summary>
    public void SetProgress(uint run, double fraction, string? message)
    {
        lock (gate)
        {
            var shown = run == openRun ? run : 0;
            if (shown == 0 && progress is { Run: not 0 })
            {
                // A thread that outlived its run does not replace what the run in progress has to say.
                return;
            }

            progress = new ProgressMessage(shown, fraction, message);
            progressAt = written;
        }
    }

    /// <summary>Removes the oldest piece.</summary>
    /// <param name="message">The piece.</param>
    /// <param name="closing">Only what was there at the last <see cref="Close"/>, all of it: whoever still writes must not hold up a run's end.</param>
    public bool TryTake(out IMessage message, bool closing = false)
    {
        lock (gate)
        {
            var due = progress is not null && (closing || MonotonicClock.Nanos - progressSentNanos >= ProgressNanos);
            var some = items.TryPeek(out var item);
            if (due && (!some || progressAt <= item!.Start) && !(closing && progressAt > closedAt))
            {
                message = progress!;
                progress = null;
                progressSentNanos = MonotonicClock.Nanos;
                return true;
            }

            if (!some || (closing && item!.Start >= closedAt))
            {
                message = null!;
                return false;
            }

            var before = item!.Start;
            (message, var empty) = item.Take(due && progressAt < item.End ? progressAt : item.End);
            pending -= (int)(item.Start - before);
            if (empty)
            {
                items.Dequeue();
                pending -= OutputItem.Overhead + (int)(item.End - item.Start);
                last = ReferenceEquals(item, last) ? null : last;
            }

            return true;
        }
    }

    /// <summary>A message that was taken has been sent: its memory is used again.</summary>
    public void Recycle(IMessage message)
    {
        if (message is OutputPiece { Buffer: { Length: TextItem.MaxBytes } buffer })
        {
            lock (gate)
            {
                // Text that is still to be sent lies in it as well.
                if (pool.Count < MaxPooled && !(items.TryPeek(out var next) && next is TextItem text && text.Uses(buffer)))
                {
                    pool.Push(buffer);
                }
            }
        }
    }

    private int AppendChars(uint shown, OutputStream stream, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !HasSpace)
        {
            return 0;
        }

        var rest = text[JoinHalf(shown, stream, text[0])..];
        while (!rest.IsEmpty && HasSpace)
        {
            if (Budget is { } budget && budget.Left < Math.Min(rest.Length, TextItem.MaxCharacterBytes))
            {
                budget.Exceed();
                return text.Length;
            }

            if (rest.Length == 1 && char.IsHighSurrogate(rest[0]))
            {
                halves[(int)stream] = (shown, rest[0]);
                return text.Length;
            }

            var item = ItemFor(shown, stream);
            var room = item.Reserve((int)Math.Min(rest.Length * 3L, TextItem.MaxBytes));
            var most = Math.Min(MaxBytes - pending, Budget?.Left ?? MaxBytes);
            room = room[..(int)Math.Min(room.Length, Math.Max(most, TextItem.MaxCharacterBytes))];
            Utf8.FromUtf16(rest, room, out var read, out var bytes, replaceInvalidSequences: true, isFinalBlock: false);
            Advance(item, bytes);
            rest = rest[read..];
        }

        return text.Length - rest.Length;
    }

    private int AppendBytes(uint shown, OutputStream stream, ReadOnlySpan<byte> text, int most)
    {
        if (text.IsEmpty || most <= 0)
        {
            return 0;
        }

        GiveUpHalf(stream);
        var rest = text[..WholeCharacters(text, most)];
        var count = rest.Length;
        if (rest.Length > Budget?.Left)
        {
            Budget.Exceed();
            rest = Budget.Left < TextItem.MaxCharacterBytes ? default : rest[..WholeCharacters(rest, (int)Budget.Left)];
        }

        while (!rest.IsEmpty)
        {
            var item = ItemFor(shown, stream);
            var room = item.Reserve(rest.Length);
            var piece = rest[..WholeCharacters(rest, room.Length)];
            piece.CopyTo(room);
            Advance(item, piece.Length);
            rest = rest[piece.Length..];
        }

        return count;
    }

    /// <summary>The first half of a pair waits for the second.</summary>
    /// <returns>1 when the character is that second half, and has been appended.</returns>
    private int JoinHalf(uint shown, OutputStream stream, char next)
    {
        var (run, high) = halves[(int)stream];
        if (high == 0 || run != shown || !char.IsLowSurrogate(next))
        {
            GiveUpHalf(stream);
            return 0;
        }

        halves[(int)stream] = default;
        var item = ItemFor(shown, stream);
        Advance(item, new Rune(high, next).EncodeToUtf8(item.Reserve(TextItem.MaxCharacterBytes)));
        return 1;
    }

    private void GiveUpHalf(OutputStream stream)
    {
        var (run, high) = halves[(int)stream];
        if (high != 0)
        {
            halves[(int)stream] = default;
            var item = ItemFor(run, stream);
            Rune.ReplacementChar.EncodeToUtf8(item.Reserve(TextItem.MaxCharacterBytes));
            Advance(item, Rune.ReplacementChar.Utf8SequenceLength);
        }
    }

    private TextItem ItemFor(uint shown, OutputStream stream)
    {
        if (last is null || last.IsFull || last.Run != shown || last.Stream != stream)
        {
            last = new TextItem(written, shown, stream, pool.TryPop(out var used) ? used : new byte[SmallBytes]);
            items.Enqueue(last);
            pending += OutputItem.Overhead;
        }

        return last;
    }

    private void Advance(TextItem item, int bytes)
    {
        item.Advance(bytes);
        pending += bytes;
        written += bytes;
        Budget?.Spend(bytes);
    }

    /// <summary>How many of the first bytes are whole characters; at least one character's.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> text, int most)
    {
        if (text.Length <= most)
        {
            return text.Length;
        }

        const byte markBits = 0xC0;
        const byte continuation = 0x80;
        var count = Math.Max(most, TextItem.MaxCharacterBytes);
        while (count < text.Length && count > 0 && (text[count] & markBits) == continuation)
        {
            count--;
        }

        return Math.Min(count, text.Length);
    }
}
