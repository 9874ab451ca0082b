using ProcInterrupt.Messages;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>What running code wrote and has not been sent: bounded, in order, text joined into large pieces.</summary>
/// <remarks>Safe from any thread. It never waits: whoever finds it full decides.</remarks>
internal sealed class OutputBuffer
{
    /// <summary>The bound, in UTF-16 characters: 1 MiB of memory, and what a run's end may send regardless of credit.</summary>
    public const int MaxChars = 512 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<OutputItem> items = new();
    private TextItem? last;
    private int pending;
    private uint openRun;

    public bool HasSpace
    {
        get
        {
            lock (gate)
            {
                return pending < MaxChars;
            }
        }
    }

    /// <summary>Whether <see cref="TryAppend"/> would take something of this size.</summary>
    public bool HasRoomFor(int size)
    {
        lock (gate)
        {
            return pending == 0 || pending + size <= MaxChars;
        }
    }

    /// <summary>Whether it is worth sending without waiting for more.</summary>
    public bool HasPiece
    {
        get
        {
            lock (gate)
            {
                return pending >= ProtocolConstants.MaxOutputPieceBytes / 3;
            }
        }
    }

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
            openRun = 0;
            last = null;
        }
    }

    /// <summary>Appends as much as there is room for.</summary>
    /// <returns>How many characters were taken.</returns>
    public int Append(uint run, OutputStream stream, ReadOnlySpan<char> text)
    {
        lock (gate)
        {
            var shown = run == openRun ? run : 0;
            var count = Math.Min(text.Length, MaxChars - pending);
            if (count <= 0)
            {
                return 0;
            }

            for (var rest = text[..count]; !rest.IsEmpty;)
            {
                if (last is null || last.IsFull || last.Run != shown || last.Stream != stream)
                {
                    last = new TextItem(shown, stream);
                    items.Enqueue(last);
                }

                rest = rest[last.Append(rest)..];
            }

            pending += count;
            return count;
        }
    }

    /// <summary>Appends a frame in order with the text around it.</summary>
    /// <param name="run">The writer's run.</param>
    /// <param name="size">What it counts against the bound, in characters.</param>
    /// <param name="message">Makes the frame for the number it is to carry.</param>
    /// <returns>False when there is no room; one larger than the bound is let in when nothing is pending.</returns>
    public bool TryAppend(uint run, int size, Func<uint, IMessage> message)
    {
        lock (gate)
        {
            if (pending > 0 && pending + size > MaxChars)
            {
                return false;
            }

            pending += size;
            last = null;
            items.Enqueue(new FrameItem(message(run == openRun ? run : 0), size));
            return true;
        }
    }

    /// <summary>Removes the oldest piece.</summary>
    public bool TryTake(out IMessage message)
    {
        lock (gate)
        {
            if (!items.TryDequeue(out var item))
            {
                message = null!;
                return false;
            }

            if (ReferenceEquals(item, last))
            {
                last = null;
            }

            pending -= item.Size;
            message = item.ToMessage();
            return true;
        }
    }

    private abstract class OutputItem
    {
        public abstract int Size { get; }

        public abstract IMessage ToMessage();
    }

    private sealed class FrameItem(IMessage message, int size) : OutputItem
    {
        public override int Size => size;

        public override IMessage ToMessage() => message;
    }

    private sealed class TextItem(uint run, OutputStream stream) : OutputItem
    {
        /// <summary>Pieces of at most 64 KB of UTF-8 (up to 3 bytes a character).</summary>
        private const int MaxPiece = ProtocolConstants.MaxOutputPieceBytes / 3;

        private char[] buffer = new char[256];
        private int length;

        public uint Run => run;

        public OutputStream Stream => stream;

        public override int Size => length;

        public bool IsFull => length == MaxPiece;

        public int Append(ReadOnlySpan<char> text)
        {
            var count = Math.Min(text.Length, MaxPiece - length);
            if (count > buffer.Length - length)
            {
                Array.Resize(ref buffer, Math.Min(MaxPiece, Math.Max(buffer.Length * 2, length + count)));
            }

            text[..count].CopyTo(buffer.AsSpan(length));
            length += count;
            return count;
        }

        public override IMessage ToMessage() => new OutputMessage(run, stream, new string(buffer, 0, length));
    }
}
