using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;

namespace ProcInterrupt.Cli.Terminal;

/// <summary>Standard input, read in a way that the wait for more of it can be given up. One reader at a time.</summary>
/// <remarks>
/// Whoever gives up leaves what it did not use to the next reader. A read of the base library's cannot be given up: it
/// would take the next line away from whoever reads next.
/// </remarks>
internal sealed partial class InputBytes : IDisposable
{
    private const int InterruptedCall = 4;
    private const int InputOutputError = 5;
    private const int TryAgain = 11;
    private const short PollIn = 1;
    private const int PieceBytes = 4096;

    private readonly int descriptor;
    private readonly AnonymousPipeServerStream wakeRead = new(PipeDirection.In, HandleInheritability.None);
    private readonly AnonymousPipeClientStream wakeWrite;
    private byte[] buffer = new byte[PieceBytes];
    private int used;
    private int filled;

    /// <param name="descriptor">0 for standard input.</param>
    public InputBytes(int descriptor)
    {
        this.descriptor = descriptor;
        wakeWrite = new AnonymousPipeClientStream(PipeDirection.Out, wakeRead.ClientSafePipeHandle);
    }

    /// <summary>Whether a read would return at once.</summary>
    public unsafe bool IsReady
    {
        get
        {
            var entry = new PollEntry { Descriptor = descriptor, Events = PollIn };
            return used < filled || Poll(&entry, 1, 0) > 0;
        }
    }

    /// <summary>The next byte, or -1 at the end of input. A terminal may go on after its end.</summary>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    /// <exception cref="UsageException">Standard input cannot be read.</exception>
    public int Read(CancellationToken cancellationToken) => used < filled || Fill(cancellationToken) ? buffer[used++] : -1;

    /// <summary>The next line as it came, without its end (a line feed, or both); <see langword="null"/> at the end of input.</summary>
    /// <exception cref="OperationCanceledException">Given up; what came of the line stays for the next reader.</exception>
    /// <exception cref="UsageException">Standard input cannot be read.</exception>
    public byte[]? ReadLineBytes(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var end = buffer.AsSpan(used + searched, filled - used - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = buffer.AsSpan(used, searched + end);
                used += searched + end + 1;
                return line is [.. var text, (byte)'\r'] ? text.ToArray() : line.ToArray();
            }

            searched = filled - used;
            if (!Fill(cancellationToken))
            {
                var last = searched == 0 ? null : buffer.AsSpan(used, searched).ToArray();
                used = filled = 0;
                return last;
            }
        }
    }

    /// <summary>The same as text; what is not UTF-8 is replaced.</summary>
    public string? ReadLine(CancellationToken cancellationToken) =>
        ReadLineBytes(cancellationToken) is { } line ? Encoding.UTF8.GetString(line) : null;

    /// <summary>Forgets what came and was not used.</summary>
    public void Discard() => used = filled = 0;

    public void Dispose()
    {
        wakeWrite.Dispose();
        wakeRead.Dispose();
    }

    /// <summary>Adds what comes next to what is there.</summary>
    /// <returns><see langword="false"/> at the end of input.</returns>
    private unsafe bool Fill(CancellationToken cancellationToken)
    {
        if (used > 0)
        {
            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            (used, filled) = (0, filled - used);
        }

        if (buffer.Length - filled < PieceBytes)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        while (true)
        {
            Wait(cancellationToken);
            nint count;
            fixed (byte* start = buffer)
            {
                count = ReadFrom(descriptor, start + filled, PieceBytes);
            }

            if (count >= 0)
            {
                filled += (int)count;
                return count > 0;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case InterruptedCall or TryAgain:
                    break;
                case InputOutputError:
                    return false; // the terminal is gone
                case var error:
                    throw new UsageException($"Standard input cannot be read: {Marshal.GetPInvokeErrorMessage(error)}.");
            }
        }
    }

    private unsafe void Wait(CancellationToken cancellationToken)
    {
        using var wake = cancellationToken.UnsafeRegister(static writer => ((AnonymousPipeClientStream)writer!).WriteByte(0), wakeWrite);
        var entries = stackalloc PollEntry[2];
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries[0] = new PollEntry { Descriptor = descriptor, Events = PollIn };
            entries[1] = new PollEntry { Descriptor = (int)wakeRead.SafePipeHandle.DangerousGetHandle(), Events = PollIn };
            if (Poll(entries, 2, -1) < 0)
            {
                continue; // a signal came
            }

            if (entries[1].ReturnedEvents != 0)
            {
                // This token's, or one's that was given up when it had read enough.
                _ = wakeRead.ReadByte();
            }
        }
        while (entries[0].ReturnedEvents == 0);
        cancellationToken.ThrowIfCancellationRequested();
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint ReadFrom(int descriptor, byte* buffer, nuint count);

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
