using System.Text;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>What <c>Console.OpenStandardInput</c> gives running code: the lines that are typed, in UTF-8.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class InputByteStream(InputReader input) : Stream
{
    private byte[] bytes = [];
    private int position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (position == bytes.Length)
        {
            if (input.ReadLine() is not { } line)
            {
                return 0;
            }

            bytes = Encoding.UTF8.GetBytes(line + "\n");
            position = 0;
        }

        var count = Math.Min(buffer.Length, bytes.Length - position);
        bytes.AsSpan(position, count).CopyTo(buffer);
        position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
