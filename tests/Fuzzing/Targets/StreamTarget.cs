using ProcInterrupt.Transport;

namespace ProcInterrupt.Tests.Fuzzing.Targets;

/// <summary>A stream of frames that arrives in pieces.</summary>
internal sealed class StreamTarget : IFuzzTarget
{
    /// <summary>Small, so that lengths beyond it are met; an honest message may be larger, and is refused then.</summary>
    private const int MaxFrameBytes = 2048;

    public string Name => "frames";

    public int Share => 200;

    public long AllowedBytes(int length) => (512 * 1024) + (32L * length);

    public byte[] Valid(Random random)
    {
        var frames = new List<byte>();
        for (var count = 1 + random.Next(4); count > 0; count--)
        {
            var body = RandomMessages.Body(random);
            frames.AddRange(BitConverter.GetBytes(body.Length));
            frames.AddRange(body);
        }

        return [.. frames];
    }

    public string Feed(byte[] input)
    {
        var reader = new MessageReader(new PieceStream(input, 1 + (input.Length % 50)), MaxFrameBytes);
        var read = "";
        try
        {
            while (reader.Read() is { } message)
            {
                // Each frame has a byte of its own at least, so that there is an end.
                read = $"{read.Length / 2 % 4}{message.GetType().Name}";
            }

            return read;
        }
        catch (ProtocolException refused)
        {
            return refused.Message;
        }
    }

    /// <summary>Gives at most so many bytes a read, as a pipe may.</summary>
    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
