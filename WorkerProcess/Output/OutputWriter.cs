using System.Text;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary><c>Console.Out</c> and <c>Console.Error</c> of running code: into the bounded buffer, waiting for room so that an interrupt wakes it.</summary>
internal sealed class OutputWriter : TextWriter
{
    private readonly OutputStream stream;
    private readonly OutputBuffer buffer;
    private readonly MessageSender sender;
    private readonly DeliveryDesk desk;

    public OutputWriter(OutputStream stream, OutputBuffer buffer, MessageSender sender, DeliveryDesk desk)
    {
        this.stream = stream;
        this.buffer = buffer;
        this.sender = sender;
        this.desk = desk;
        CoreNewLine = ['\n'];
    }

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void WriteLine(string? value) => WriteLine(value.AsSpan());

    public override void WriteLine(ReadOnlySpan<char> buffer)
    {
        // One append for short lines, so that lines of different threads do not mix.
        const int onStack = 512;
        if (buffer.Length < onStack)
        {
            Span<char> line = stackalloc char[onStack];
            buffer.CopyTo(line);
            line[buffer.Length] = '\n';
            Write(line[..(buffer.Length + 1)]);
        }
        else
        {
            Write(buffer);
            Write('\n');
        }
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        var run = RunScope.Current?.Number ?? 0;
        while (!buffer.IsEmpty)
        {
            var taken = this.buffer.Append(run, stream, buffer);
            if (taken > 0)
            {
                sender.OutputPosted();
                buffer = buffer[taken..];
            }
            else if (RunScope.Current is not { Ended: false })
            {
                // A thread that outlived its run may not hold up the runs that follow: what does not fit is dropped.
                return;
            }
            else
            {
                desk.WaitUntil(() => this.buffer.HasSpace, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
