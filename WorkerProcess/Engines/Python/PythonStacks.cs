using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ProcInterrupt.Interrupts;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Engines.Python;

/// <summary>The calls that Python's main thread is in, whatever it does: <c>faulthandler</c> writes them from a signal's handler, without Python's lock.</summary>
/// <remarks>Asked by one thread at a time. The runs are told by the run thread.</remarks>
internal sealed partial class PythonStacks
{
    /// <summary>Beside <see cref="PythonInterrupts.PrivateSignal"/>, and like it nobody else's. Also in signals.py.</summary>
    public const int StackSignal = 61;

    private const int FirstWaitMillis = 200;
    private const int NextWaitMillis = 20;
    private const int MostBytes = 64 * 1024;

    private readonly int readEnd;
    private volatile string[] lines = [];
    private volatile string file = "";
    private volatile int firstLine = 1;

    private PythonStacks(int readEnd) => this.readEnd = readEnd;

    /// <param name="writeEnd">For <c>faulthandler</c>; neither end blocks, and no child inherits them.</param>
    public static PythonStacks Create(out int writeEnd)
    {
        var (read, write) = PipeCalls.MakeNonBlocking();
        writeEnd = write;
        return new PythonStacks(read);
    }

    /// <summary>The code that runs from now on.</summary>
    public void Begin(EngineRequest request)
    {
        file = request.Path ?? string.Create(CultureInfo.InvariantCulture, $"<run {request.Run}>");
        firstLine = request.FirstLine;
        lines = request.Code.Split('\n');
    }

    /// <returns>The calls, innermost last, and the text of the innermost line that is known; nulls when Python does not answer.</returns>
    /// <param name="send">Sends <see cref="StackSignal"/> to the main thread, if code is running there.</param>
    public (string? Stack, string? Call) Describe(Func<bool> send)
    {
        // What came too late for the one who asked before.
        Drain(0);
        if (!send())
        {
            return (null, null);
        }

        var frames = FramePattern().Matches(Drain(FirstWaitMillis)).Where(static frame => frame.Groups["file"].Value != "<procinterrupt>").ToList();
        if (frames.Count == 0)
        {
            return (null, null);
        }

        frames.Reverse();
        var text = new StringBuilder("Stack (most recent call last):\n");
        string? innermost = null;
        foreach (var frame in frames)
        {
            var path = frame.Groups["file"].Value;
            var name = frame.Groups["name"].Value;
            var line = int.Parse(frame.Groups["line"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"  File \"{path}\", line {line}, in {name}\n");
            var source = path == file ? lines.ElementAtOrDefault(line - firstLine)?.Trim() : null;
            innermost = source;
            if (source is not null)
            {
                text.Append("    ").Append(source).Append('\n');
            }
        }

        return (text.ToString().TrimEnd('\n'), innermost);
    }

    /// <summary>Reads until nothing has come for a moment.</summary>
    private string Drain(int waitMillis)
    {
        var bytes = new byte[MostBytes];
        var length = 0;
        var until = MonotonicClock.Nanos + (2L * FirstWaitMillis * 1_000_000);
        while (length < bytes.Length && MonotonicClock.Nanos < until && PipeCalls.WaitReadable(readEnd, -1, length == 0 ? waitMillis : NextWaitMillis).First)
        {
            var count = PipeCalls.Read(readEnd, bytes.AsSpan(length));
            if (count <= 0)
            {
                break;
            }

            length += count;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <summary>A call, as <c>faulthandler</c> writes it.</summary>
    [GeneratedRegex("""^  File "(?<file>.*)", line (?<line>\d{1,9}) in (?<name>.*)$""", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FramePattern();
}
