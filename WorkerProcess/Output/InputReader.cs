using System.Runtime.Versioning;
using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary><c>Console.In</c> of running code: asks the controller for a line at a time.</summary>
/// <remarks>One reader at a time, as with any console. The reading thread of the pipe calls <see cref="Answer"/>.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class InputReader(MessageSender sender, DeliveryDesk desk) : TextReader
{
    private readonly Lock gate = new();
    private string? line;
    private int position;
    private uint lastRequest;
    private bool answered;
    private string? answer;

    public override int Peek() => position < FillLine()?.Length ? line![position] : -1;

    public override int Read() => position < FillLine()?.Length ? line![position++] : -1;

    public override string? ReadLine()
    {
        if (line is not null && position < line.Length)
        {
            var rest = line[position..].TrimEnd('\n');
            line = null;
            return rest;
        }

        return Ask();
    }

    public override int Read(char[] buffer, int index, int count)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (count == 0 || FillLine() is not { } text)
        {
            return 0;
        }

        var copied = Math.Min(count, text.Length - position);
        text.CopyTo(position, buffer, index, copied);
        position += copied;
        return copied;
    }

    public override string ReadToEnd()
    {
        var lines = new List<string>();
        while (ReadLine() is { } next)
        {
            lines.Add(next);
        }

        return string.Concat(lines.Select(static next => next + "\n"));
    }

    /// <summary>What was typed, or null at the end of input. An answer to a question that nobody waits for is dropped.</summary>
    public void Answer(uint request, string? text)
    {
        lock (gate)
        {
            if (request != lastRequest || answered)
            {
                return;
            }

            answered = true;
            answer = text;
        }

        desk.Pulse();
    }

    private string? FillLine()
    {
        if (line is null || position >= line.Length)
        {
            line = Ask() is { } typed ? typed + "\n" : null;
            position = 0;
        }

        return line;
    }

    /// <summary>Asks for a line with a prompt; a rest of the last line is given first.</summary>
    public string? ReadLine(string prompt, bool password) => line is not null && position < line.Length ? ReadLine() : Ask(prompt, password);

    private string? Ask(string prompt = "", bool password = false)
    {
        uint request;
        lock (gate)
        {
            request = ++lastRequest;
            (answered, answer) = (false, null);
        }

        if (RunScope.Current is not { Ended: false } scope)
        {
            return null;
        }

        sender.Post(new InputRequestMessage(scope.Number, request, prompt, password));
        desk.WaitUntil(() => Volatile.Read(ref answered), Timeout.InfiniteTimeSpan);
        lock (gate)
        {
            return answer;
        }
    }
}
