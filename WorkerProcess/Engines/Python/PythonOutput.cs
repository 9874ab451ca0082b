using System.Buffers;
using System.Runtime.Versioning;
using System.Text;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>What Python prints: into the output buffer, behind what its descriptors have got, waiting for room without Python's lock.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PythonOutput(OutputBuffer buffer, MessageSender sender, DeliveryDesk desk, DescriptorCapture capture, PythonInterrupts interrupts)
{
    /// <summary>How soon a thread that waits for room looks whether its run is over.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>The run that started the calling thread; 0 for Python's main thread, and for threads that Python did not start through <c>threading</c>.</summary>
    [ThreadStatic]
    private static uint threadRun;

    /// <summary>Bytes that are written as such, cut anywhere.</summary>
    private readonly Decoder[] decoders = [Encoding.UTF8.GetDecoder(), Encoding.UTF8.GetDecoder()];

    /// <summary>The calling thread's run.</summary>
    public uint Run => threadRun != 0 ? threadRun : desk.Current?.Number ?? 0;

    /// <summary>The calling thread was started by a run.</summary>
    public static void EnterThread(uint run) => threadRun = run;

    public void WriteText(OutputStream stream, ReadOnlySpan<byte> utf8)
    {
        var chars = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(utf8.Length));
        try
        {
            Write(stream, chars.AsMemory(0, Encoding.UTF8.GetChars(utf8, chars)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    public void WriteBytes(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        var decoder = decoders[(int)stream - 1];
        char[] chars;
        lock (decoder)
        {
            chars = new char[decoder.GetCharCount(bytes, flush: false)];
            decoder.GetChars(bytes, chars, flush: false);
        }

        Write(stream, chars);
    }

    /// <summary>Something to show, in order with what is printed.</summary>
    public void Show(IReadOnlyDictionary<string, string> forms)
    {
        var run = Run;
        capture.Drain();
        var size = forms.Sum(static form => form.Key.Length + form.Value.Length);
        while (!buffer.TryAppend(run, size, number => new DisplayMessage(number, forms)))
        {
            if (IsOver(run))
            {
                return;
            }

            WaitUntil(() => buffer.HasRoomFor(size));
        }

        sender.OutputPosted();
    }

    private bool IsOver(uint run) => desk.Current is not { } current || current.Number != run;

    private void WaitUntil(Func<bool> condition) =>
        interrupts.WithoutLock(() => desk.WaitUntil(condition, interrupts.OnMainThread ? Timeout.InfiniteTimeSpan : Look));

    private void Write(OutputStream stream, ReadOnlyMemory<char> text)
    {
        var run = Run;
        capture.Drain();
        while (!text.IsEmpty)
        {
            var taken = buffer.Append(run, stream, text.Span);
            if (taken > 0)
            {
                sender.OutputPosted();
                text = text[taken..];
            }
            else if (IsOver(run))
            {
                // A thread that outlived its run may not hold up the runs that follow: what does not fit is dropped.
                return;
            }
            else
            {
                WaitUntil(() => buffer.HasSpace);
            }
        }
    }
}
