using System.Text;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary><c>Console.Out</c> and <c>Console.Error</c> of running code.</summary>
internal sealed class OutputWriter : TextWriter
{
    private readonly OutputStream stream;
    private readonly RunOutput output;

    public OutputWriter(OutputStream stream, RunOutput output)
    {
        this.stream = stream;
        this.output = output;
        CoreNewLine = ['\n'];
    }

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => output.Write(stream, [value]);

    public override void Write(string? value) => output.Write(stream, value);

    public override void Write(char[] buffer, int index, int count) => output.Write(stream, buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer) => output.Write(stream, buffer);

    public override void WriteLine(string? value) => WriteLine(value.AsSpan());

    public override void WriteLine(ReadOnlySpan<char> buffer)
    {
        if (CoreNewLine is ['\n'])
        {
            output.WriteLine(stream, buffer);
        }
        else
        {
            output.Write(stream, buffer);
            output.Write(stream, CoreNewLine);
        }
    }
}
