namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>What comes out of one captured descriptor, as whole characters. Used under the capture's lock.</summary>
/// <param name="stream">What it is to running code.</param>
/// <param name="buffer">Where it goes.</param>
/// <param name="mirror">A pipe to which its bytes are copied as they are, while there is room; negative for none.</param>
internal sealed class CapturedPipe(OutputStream stream, OutputBuffer buffer, int mirror)
{
    private readonly byte[] bytes = new byte[64 * 1024];

    /// <summary>Read and not yet passed on: the beginning of a character, or all of it when passing it on was broken off.</summary>
    private int held;

    /// <summary>The read end, or negative when every writer has gone.</summary>
    public int Descriptor { get; private set; } = -1;

    public void Open(int descriptor) => Descriptor = descriptor;

    /// <summary>Takes in once what is there.</summary>
    /// <param name="most">No more than this.</param>
    /// <returns>How many bytes.</returns>
    public int TakeIn(int most = int.MaxValue)
    {
        PassOn();
        var room = bytes.AsSpan(held, Math.Min(bytes.Length - held, most));
        if (mirror >= 0 && PipeCalls.CopyAhead(Descriptor, mirror, room.Length) is > 0 and var copied)
        {
            // Copied before it is read: as the process crashes, it is still in one of the pipes.
            room = room[..copied];
        }

        var count = PipeCalls.Read(Descriptor, room);
        if (count > 0)
        {
            held += count;
            PassOn();
        }
        else if (count == 0)
        {
            // Running code has closed the descriptor, and so has every child.
            Descriptor = -1;
            PassOn(theEnd: true);
        }

        return Math.Max(count, 0);
    }

    /// <summary>Takes in all that is there at this moment, of an open pipe. What is written from now on is not waited for: it may never end.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool TakeInAll()
    {
        var rest = PipeCalls.Available(Descriptor);
        var any = rest > 0;
        while (rest > 0 && TakeIn(rest) is > 0 and var count)
        {
            rest -= count;
        }

        return any;
    }

    /// <summary>The beginning of a character that is held back is not going to be completed.</summary>
    public void GiveUpIncomplete() => PassOn(theEnd: true);

    private void PassOn(bool theEnd = false)
    {
        var all = bytes.AsSpan(0, held);
        var tail = theEnd ? 0 : Utf8Text.IncompleteTail(all);
        var whole = all[..^tail];
        if (!whole.IsEmpty)
        {
            buffer.AppendCaptured(stream, Utf8Text.Repair(whole));
            all[^tail..].CopyTo(bytes);
            held = tail;
        }
    }
}
