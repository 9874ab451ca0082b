using System.Runtime.InteropServices;

namespace ProcInterrupt.Cli.Terminal;

/// <summary>Writes to a file descriptor as it is: no buffer, no position, and an error when nobody reads any more.</summary>
/// <remarks>
/// The base library's console stream swallows EPIPE, so a command could not tell that its reader has gone; a
/// <see cref="FileStream"/> keeps a position of its own, which overwrites what others append to the same file.
/// </remarks>
internal sealed partial class DescriptorStream : Stream
{
    /// <summary>The <see cref="Exception.HResult"/> of the error when nobody reads any more: EPIPE.</summary>
    public const int BrokenPipe = 32;

    private const int InterruptedCall = 4;
    private const int TryAgain = 11;
    private const int TryAgainOnMacOS = 35;
    private const short PollOut = 4;

    private readonly int descriptor;

    public DescriptorStream(int descriptor) => this.descriptor = descriptor;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens a standard stream for writing: 1 is standard output, 2 standard error.</summary>
    public static Stream OpenStandard(int descriptor)
    {
        if (OperatingSystem.IsWindows())
        {
            return descriptor == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError();
        }

        return new DescriptorStream(descriptor);
    }

    /// <exception cref="IOException">The write failed; its <see cref="Exception.HResult"/> is the system's error number.</exception>
    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var written = 0;
            while (written < buffer.Length)
            {
                var count = WriteTo(descriptor, start + written, (nuint)(buffer.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case InterruptedCall:
                        break;
                    case TryAgain or TryAgainOnMacOS:
                        // Another owner of this terminal or pipe made it non-blocking.
                        WaitUntilWritable();
                        break;
                    case var error:
                        throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
                }
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private unsafe void WaitUntilWritable()
    {
        var waited = new PollEntry { Descriptor = descriptor, Events = PollOut };
        Poll(&waited, 1, -1);
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteTo(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeoutMillis);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
