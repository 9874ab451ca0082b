namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>What <c>Console.OpenStandardOutput</c> and <c>OpenStandardError</c> give running code: bytes of UTF-8, in order with what it prints otherwise.</summary>
/// <remarks>A character that is cut across writes is joined; invalid bytes become U+FFFD. Safe from any thread, as the system's own is.</remarks>
internal sealed class OutputByteStream(OutputStream stream, RunOutput output) : Stream
{
    private readonly Lock gate = new();
    private byte[] incomplete = [];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ReadOnlySpan<byte> bytes;
        lock (gate)
        {
            bytes = incomplete.Length == 0 ? buffer : (byte[])[.. incomplete, .. buffer];
            var tail = Utf8Text.IncompleteTail(bytes);
            incomplete = [.. bytes[^tail..]];
            bytes = bytes[..^tail];
        }

        // Outside the lock: it may wait for room.
        output.WriteUtf8(stream, Utf8Text.Repair(bytes));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            byte[] rest;
            lock (gate)
            {
                (rest, incomplete) = (incomplete, []);
            }

            output.WriteUtf8(stream, Utf8Text.Repair(rest));
        }

        base.Dispose(disposing);
    }
}
