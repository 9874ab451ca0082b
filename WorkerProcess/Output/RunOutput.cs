using System.Globalization;
using System.Text;
using ProcInterrupt.Messages;
using ProcInterrupt.Reporting;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>Takes what running code prints, shows and reports into the bounded buffer, waiting for room so that an interrupt wakes it.</summary>
/// <remarks>
/// Safe from any thread. A thread that outlived its run, or is of none, may not hold up the runs that follow: what does not
/// fit is dropped. What native code and child processes have printed by then is taken in first.
/// </remarks>
internal sealed class RunOutput : IReportHost
{
    /// <summary>Room in a frame for its headers.</summary>
    private const int HeaderBytes = 1024;

    private readonly OutputBuffer buffer;
    private readonly MessageSender sender;
    private readonly DeliveryDesk desk;
    private readonly DescriptorCapture captured;

    public RunOutput(OutputBuffer buffer, MessageSender sender, DeliveryDesk desk, DescriptorCapture captured)
    {
        this.buffer = buffer;
        this.sender = sender;
        this.desk = desk;
        this.captured = captured;
    }

    public void Write(OutputStream stream, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var scope = RunScope.Current;
        TakeInCaptured(scope);
        while (true)
        {
            var taken = buffer.Append(scope?.Number ?? 0, stream, text);
            text = text[taken..];
            sender.OutputPosted();
            if (text.IsEmpty || !TryWaitForRoom(scope))
            {
                return;
            }
        }
    }

    /// <summary>Writes a text and the end of the line; as one where there is room, so that lines of different threads do not mix.</summary>
    public void WriteLine(OutputStream stream, ReadOnlySpan<char> text)
    {
        var scope = RunScope.Current;
        TakeInCaptured(scope);
        if (buffer.TryAppendLine(scope?.Number ?? 0, stream, text))
        {
            sender.OutputPosted();
            return;
        }

        Write(stream, text);
        Write(stream, "\n");
    }

    /// <param name="stream">Where it is written.</param>
    /// <param name="text">Valid UTF-8, whole characters.</param>
    public void WriteUtf8(OutputStream stream, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var scope = RunScope.Current;
        TakeInCaptured(scope);
        while (true)
        {
            var taken = buffer.AppendUtf8(scope?.Number ?? 0, stream, text);
            text = text[taken..];
            sender.OutputPosted();
            if (text.IsEmpty || !TryWaitForRoom(scope))
            {
                return;
            }
        }
    }

    public void Show(IReadOnlyDictionary<string, string> forms)
    {
        var size = SizeOf(forms);
        var scope = RunScope.Current;
        TakeInCaptured(scope);
        while (!buffer.TryAppend(scope?.Number ?? 0, size, run => new DisplayMessage(run, forms)))
        {
            if (!TryWaitForRoom(scope))
            {
                return;
            }
        }

        sender.OutputPosted();
    }

    /// <summary>What something to show counts against the bound, in bytes, more than 0.</summary>
    /// <exception cref="ArgumentException">It is larger than a frame may be.</exception>
    public static int SizeOf(IReadOnlyDictionary<string, string> forms)
    {
        var size = forms.Sum(static form => (long)Encoding.UTF8.GetByteCount(form.Key) + Encoding.UTF8.GetByteCount(form.Value));
        const int most = ProtocolConstants.DefaultMaxFrameBytes - HeaderBytes;
        return size <= most ? Math.Max(1, (int)size) : throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"What is to be shown takes {size:N0} bytes, more than the {most:N0} that a display may have (pictures count in base64)."),
            nameof(forms));
    }

    public void Report(double fraction, string? message)
    {
        var scope = RunScope.Current;
        TakeInCaptured(scope);
        buffer.SetProgress(scope?.Number ?? 0, fraction, message);
        sender.OutputPosted();
    }

    /// <summary>A child that was waited for has printed before what its parent prints next.</summary>
    private void TakeInCaptured(RunScope? scope)
    {
        if (scope is not { Ended: false } || !DescriptorCapture.IsDue())
        {
            return;
        }

        while (!captured.TryTakeIn())
        {
            if (!TryWaitForRoom(scope))
            {
                return;
            }
        }
    }

    private bool TryWaitForRoom(RunScope? scope)
    {
        if (scope is not { Ended: false })
        {
            return false;
        }

        desk.WaitUntil(() => buffer.HasRoom || scope.Ended, Timeout.InfiniteTimeSpan);
        return true;
    }
}
