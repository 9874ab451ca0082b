using System.Text;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>What Python prints: into the output buffer, behind what its descriptors have got, waiting for room without Python's lock.</summary>
/// <remarks>Not <see cref="RunOutput"/>'s way: Python's threads are no threads of a run to .NET, since nothing here can stop them.</remarks>
internal sealed class PythonOutput(OutputBuffer buffer, MessageSender sender, DeliveryDesk desk, DescriptorCapture captured, PythonInterrupts interrupts)
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
        var run = Run;
        TakeInCaptured(run);
        while (!utf8.IsEmpty)
        {
            utf8 = utf8[buffer.AppendUtf8(run, stream, utf8)..];
            sender.OutputPosted();
            if (!utf8.IsEmpty && !TryWaitForRoom(run))
            {
                return;
            }
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

        WriteText(stream, Encoding.UTF8.GetBytes(chars));
    }

    /// <summary>The run is about to be over: the start of a character that no more bytes came for is its own.</summary>
    public void GiveUpIncomplete()
    {
        Span<char> rest = stackalloc char[2];
        foreach (var stream in (ReadOnlySpan<OutputStream>)[OutputStream.Stdout, OutputStream.Stderr])
        {
            var decoder = decoders[(int)stream - 1];
            int count;
            lock (decoder)
            {
                count = decoder.GetChars([], rest, flush: true);
            }

            if (count > 0)
            {
                // Without waiting for room: no interrupt may come out here, and of a full buffer only this mark is missing.
                buffer.AppendUtf8(Run, stream, Encoding.UTF8.GetBytes(rest[..count].ToArray()));
                sender.OutputPosted();
            }
        }
    }

    /// <summary>Something to show, in order with what is printed.</summary>
    /// <exception cref="ArgumentException">It is larger than a frame may be.</exception>
    public void Show(IReadOnlyDictionary<string, string> forms)
    {
        var size = RunOutput.SizeOf(forms);
        var run = Run;
        TakeInCaptured(run);
        while (!buffer.TryAppend(run, size, number => new DisplayMessage(number, forms)))
        {
            if (!TryWaitForRoom(run))
            {
                return;
            }
        }

        sender.OutputPosted();
    }

    /// <summary>How far the run is.</summary>
    public void Report(double fraction, string? message)
    {
        var run = Run;
        TakeInCaptured(run);
        buffer.SetProgress(run, fraction, message);
        sender.OutputPosted();
    }

    /// <summary>What went to the descriptors before this comes before it: <c>os.write</c>, C code, a child that was waited for.</summary>
    private void TakeInCaptured(uint run)
    {
        while (!captured.TryTakeIn() && TryWaitForRoom(run))
        {
        }
    }

    /// <returns>False when the calling thread has outlived its run: it may not hold up the runs that follow.</returns>
    private bool TryWaitForRoom(uint run)
    {
        if (desk.Current is not { } current || current.Number != run)
        {
            return false;
        }

        interrupts.WithoutLock(() => desk.WaitUntil(() => buffer.HasRoom, interrupts.OnMainThread ? Timeout.InfiniteTimeSpan : Look));
        return true;
    }
}
