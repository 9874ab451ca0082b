using ProcInterrupt.Messages;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Output;

/// <summary>The standard input of running code: asks the controller for a line at a time.</summary>
/// <remarks>
/// Threads read one after the other. Waiting for one's turn and for the answer is woken by an interrupt; the question then
/// stays open, and its answer goes to whoever reads next in the same run; one with another prompt is asked beside it. What a run leaves of a line is forgotten at its end,
/// and a thread that outlives its run finds the end of input.
/// The reading thread of the pipe calls <see cref="Answer"/>.
/// </remarks>
internal sealed class InputReader : TextReader
{
    private readonly IFramePoster sender;
    private readonly DeliveryDesk desk;
    private int turn;

    // What was typed and has not been read; touched by the thread whose turn it is.
    private string text = "";
    private int position;
    private uint textRun;

    /// <summary>How many questions may be open: one, and those whose readers were interrupted.</summary>
    private const int MostOpen = 8;

    // The open questions, in their order, and the answers that nobody has read.
    private readonly Lock gate = new();
    private readonly List<uint> open = [];
    private readonly Queue<string?> answers = new();
    private (string Prompt, bool Password) asked;
    private uint lastRequest;
    private uint askedRun;

    public InputReader(IFramePoster sender, DeliveryDesk desk)
    {
        this.sender = sender;
        this.desk = desk;
    }

    /// <summary>Whether something typed earlier is still to be read. Asks nobody.</summary>
    public bool HasRest => RunScope.Current is { Ended: false } scope && textRun == scope.Number && position < text.Length;

    public override int Peek() => InTurn(static reader => reader.Fill(password: false) ? reader.text[reader.position] : -1);

    public override int Read() => InTurn(static reader => reader.Fill(password: false) ? reader.text[reader.position++] : -1);

    public override string? ReadLine() => InTurn(static reader => reader.Fill(password: false) ? reader.TakeLine() : null);

    /// <summary>Asks for a line with a prompt; a rest of what was typed is given first.</summary>
    public string? ReadLine(string prompt, bool password)
    {
        using var mine = TakeTurn();
        return Fill(password, prompt) ? TakeLine() : null;
    }

    public override string ReadToEnd()
    {
        var lines = new System.Text.StringBuilder();
        while (ReadLine() is { } next)
        {
            lines.Append(next).Append('\n');
        }

        return lines.ToString();
    }

    public override int Read(char[] buffer, int index, int count)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return Read(buffer.AsSpan(index, count));
    }

    public override int Read(Span<char> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        using var mine = TakeTurn();
        if (!Fill(password: false))
        {
            return 0;
        }

        var copied = Math.Min(buffer.Length, text.Length - position);
        text.AsSpan(position, copied).CopyTo(buffer);
        position += copied;
        return copied;
    }

    /// <summary>The next character as a key: of a line with something on it each character in turn, of an empty one its end.</summary>
    /// <param name="hidden">Do not show what is typed.</param>
    /// <returns>-1 at the end of input.</returns>
    public int ReadKey(bool hidden)
    {
        using var mine = TakeTurn();
        if (!Fill(hidden))
        {
            return -1;
        }

        var key = text[position++];
        if (key != '\n' && position == text.Length - 1)
        {
            // The end of the line only sent it off.
            position++;
        }

        return key;
    }

    /// <summary>What was typed, or null at the end of input. An answer to a question that is not open is dropped.</summary>
    public void Answer(uint request, string? typed)
    {
        lock (gate)
        {
            if (!open.Remove(request))
            {
                return;
            }

            answers.Enqueue(typed);
        }

        desk.Pulse();
    }

    private T InTurn<T>(Func<InputReader, T> read)
    {
        using var mine = TakeTurn();
        return read(this);
    }

    private Turn TakeTurn()
    {
        var scope = RunScope.Current;
        var taken = false;
        desk.WaitUntil(() => scope is not { Ended: false } || (taken = Interlocked.CompareExchange(ref turn, 1, 0) == 0), Timeout.InfiniteTimeSpan);
        return new Turn(taken ? this : null);
    }

    private void EndTurn()
    {
        Volatile.Write(ref turn, 0);
        desk.Pulse();
    }

    /// <summary>Makes sure that there is something to read, or tells that the input has ended.</summary>
    private bool Fill(bool password, string prompt = "")
    {
        if (RunScope.Current is not { Ended: false } scope)
        {
            return false;
        }

        if (position < text.Length && textRun == scope.Number)
        {
            return true;
        }

        if (Ask(scope, prompt, password) is not { } typed)
        {
            return false;
        }

        text = typed + "\n";
        position = 0;
        textRun = scope.Number;
        return true;
    }

    private string TakeLine()
    {
        var end = text.IndexOf('\n', position);
        var line = text[position..end];
        position = end + 1;
        return line;
    }

    private string? Ask(RunScope scope, string prompt, bool password)
    {
        InputRequestMessage? question = null;
        lock (gate)
        {
            if (askedRun != scope.Number)
            {
                askedRun = scope.Number;
                open.Clear();
                answers.Clear();
            }

            // An interrupted reader has left its question open. What another asks is to be seen, or may not be shown when typed.
            if (answers.Count == 0 && (open.Count == 0 || ((prompt, password) != asked && open.Count < MostOpen)))
            {
                asked = (prompt, password);
                open.Add(++lastRequest);
                question = new InputRequestMessage(askedRun, lastRequest, prompt, password);
            }
        }

        if (question is not null)
        {
            sender.Post(question);
        }

        string? typed = null;
        desk.WaitUntil(() => TryTakeAnswer(scope, out typed) || scope.Ended, Timeout.InfiniteTimeSpan);
        return typed;
    }

    private bool TryTakeAnswer(RunScope scope, out string? typed)
    {
        lock (gate)
        {
            typed = null;
            return askedRun == scope.Number && answers.TryDequeue(out typed);
        }
    }

    private readonly struct Turn(InputReader? reader) : IDisposable
    {
        public void Dispose() => reader?.EndTurn();
    }
}
