using System.Runtime.Versioning;
using System.Text;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Hosting;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>What is written to descriptors 1 and 2 themselves, by C code and by processes that the code starts, becomes the run's output.</summary>
/// <remarks>
/// Only while a run is executed: in between, and in runs of engines that do not ask for it, the descriptors are the worker's
/// own, where the controller finds what a crash of the runtime has to say. A process that outlives its run keeps writing here.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class DescriptorCapture
{
    private readonly OutputBuffer buffer;
    private readonly MessageSender sender;
    private readonly DeliveryDesk desk;
    private readonly Captured[] streams;

    /// <summary>Guards the readers' state. Held for a moment only, never while waiting.</summary>
    private readonly Lock gate = new();

    public DescriptorCapture(OutputBuffer buffer, MessageSender sender, DeliveryDesk desk)
    {
        this.buffer = buffer;
        this.sender = sender;
        this.desk = desk;
        streams = [new Captured(1, OutputStream.Stdout), new Captured(2, OutputStream.Stderr)];
        WorkerThread.Start("descriptor reader", Loop);
    }

    /// <summary>Whether more can be taken.</summary>
    public bool HasRoom => buffer.HasSpace;

    /// <summary>The worker's own standard error, also while descriptor 2 leads elsewhere.</summary>
    public static int ErrorDescriptor { get; private set; } = 2;

    /// <summary>The descriptors lead here from now on.</summary>
    public void Begin()
    {
        ErrorDescriptor = streams[1].Original;
        foreach (var stream in streams)
        {
            DescriptorCalls.Replace(stream.Descriptor, stream.WriteEnd);
        }
    }

    /// <summary>Takes what has been written so far, as far as there is room, so that what is printed next comes after it.</summary>
    /// <returns>Whether nothing is left.</returns>
    public bool Drain()
    {
        if (!DescriptorCalls.IsReadable(streams[0].ReadEnd, streams[1].ReadEnd, wait: false))
        {
            return true;
        }

        lock (gate)
        {
            var run = desk.Current?.Number ?? 0;
            var taken = false;
            var left = false;
            foreach (var stream in streams)
            {
                left |= !stream.Drain(buffer, run, ref taken);
            }

            if (taken)
            {
                sender.OutputPosted();
            }

            return !left;
        }
    }

    /// <summary>The descriptors are the worker's own again.</summary>
    public void End()
    {
        foreach (var stream in streams)
        {
            DescriptorCalls.Replace(stream.Descriptor, stream.Original);
        }
    }

    private void Loop()
    {
        // Started by a run, and of none.
        RunScope.Current = null;
        while (true)
        {
            if (DescriptorCalls.IsReadable(streams[0].ReadEnd, streams[1].ReadEnd, wait: true) && !Drain())
            {
                desk.WaitUntil(() => buffer.HasSpace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private sealed class Captured
    {
        private readonly OutputStream stream;
        private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
        private readonly byte[] bytes = new byte[16 * 1024];
        private readonly char[] chars = new char[Encoding.UTF8.GetMaxCharCount(16 * 1024)];
        private int start;
        private int end;

        public Captured(int descriptor, OutputStream stream)
        {
            this.stream = stream;
            Descriptor = descriptor;
            Original = DescriptorCalls.Keep(descriptor);
            (ReadEnd, WriteEnd) = DescriptorCalls.CreatePipe();
        }

        public int Descriptor { get; }

        public int Original { get; }

        public int ReadEnd { get; }

        public int WriteEnd { get; }

        /// <returns>False when there was no room for all of it.</returns>
        public bool Drain(OutputBuffer buffer, uint run, ref bool taken)
        {
            while (true)
            {
                while (start < end)
                {
                    var count = buffer.Append(run, stream, chars.AsSpan(start..end));
                    if (count == 0)
                    {
                        return false;
                    }

                    start += count;
                    taken = true;
                }

                var read = DescriptorCalls.Read(ReadEnd, bytes);
                if (read == 0)
                {
                    return true;
                }

                (start, end) = (0, decoder.GetChars(bytes.AsSpan(0, read), chars, flush: false));
            }
        }
    }
}
