using System.Text;

namespace ProcInterrupt.Launch;

/// <summary>The end of what a process wrote, as bytes come in. Safe from any thread.</summary>
internal sealed class TextTail
{
    private readonly Lock gate = new();
    private readonly byte[] ring;
    private long written;

    /// <param name="maxBytes">How much is kept.</param>
    public TextTail(int maxBytes) => ring = new byte[maxBytes];

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            foreach (var value in bytes)
            {
                ring[written++ % ring.Length] = value;
            }
        }
    }

    public override string ToString()
    {
        lock (gate)
        {
            var length = (int)Math.Min(written, ring.Length);
            var bytes = new byte[length];
            for (var index = 0; index < length; index++)
            {
                bytes[index] = ring[(written - length + index) % ring.Length];
            }

            return Encoding.UTF8.GetString(bytes).Trim();
        }
    }
}
