using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using ProcInterrupt.Cli.Repl.Editing;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Repl;

/// <summary>Reads entries with an editor, in a terminal that is changed only meanwhile.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TerminalEntryReader : IEntryReader
{
    private readonly InputBytes input;
    private readonly TerminalDevice device;
    private readonly ReplScreen screen;
    private readonly EntryQuestions questions;
    private readonly History history = new();
    private readonly KeyDecoder decoder = new();
    private readonly LineEditor editor;
    private readonly EntryDrawing drawing;
    private readonly PosixSignalRegistration resized;
    private readonly PosixSignalRegistration continued;
    private bool reading;

    /// <param name="input">Where the keys come from.</param>
    /// <param name="device">The terminal's state.</param>
    /// <param name="screen">Where the entry is drawn.</param>
    /// <param name="questions">What the engine says of it.</param>
    public TerminalEntryReader(InputBytes input, TerminalDevice device, ReplScreen screen, EntryQuestions questions)
    {
        this.input = input;
        this.device = device;
        this.screen = screen;
        this.questions = questions;
        editor = new LineEditor(history);
        drawing = new EntryDrawing(device, editor, TerminalStyle.ForOutput);
        resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Redraw());
        continued = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Redraw());
    }

    public string? Read(string engine, CancellationToken cancellationToken)
    {
        decoder.Reset();
        editor.Clear();
        drawing.Begin(Prompt.Of(engine));
        screen.Change(() =>
        {
            reading = true;
            device.EnterEditing();
        });
        try
        {
            screen.BeginEntry(drawing);
            var isRead = Edit(cancellationToken);
            history.Add(editor.Text);
            screen.Change(() => drawing.End());
            return isRead ? editor.Text : null;
        }
        catch (OperationCanceledException)
        {
            // As the terminal does with what it has not handed over yet.
            input.Discard();
            screen.Change(() => drawing.End("^C"));
            throw;
        }
        finally
        {
            screen.EndEntry();
            screen.Change(() =>
            {
                reading = false;
                device.Restore();
            });
            drawing.Leave();
        }
    }

    public void Dispose()
    {
        resized.Dispose();
        continued.Dispose();
    }

    /// <returns><see langword="false"/> when no entry follows.</returns>
    private bool Edit(CancellationToken cancellationToken)
    {
        var isStale = false;
        while (true)
        {
            // What is pasted comes faster than it is worth drawing.
            if (isStale && !input.IsReady)
            {
                screen.Change(drawing.Draw);
                isStale = false;
            }

            var next = input.Read(cancellationToken);
            if (next < 0)
            {
                return false;
            }

            if (decoder.Feed((byte)next) is not { } key)
            {
                continue;
            }

            isStale = true;
            var action = EditAction.None;
            screen.Change(() => action = editor.Apply(key));
            switch (action)
            {
                case EditAction.Enter when IsFinished(cancellationToken):
                    return true;
                case EditAction.EndOfInput:
                    return false;
                case EditAction.Interrupt:
                    throw new OperationCanceledException("Ctrl+C");
                case EditAction.ClearScreen:
                    screen.Change(drawing.ClearScreen);
                    break;
                case EditAction.Complete:
                    Complete(cancellationToken);
                    break;
            }
        }
    }

    /// <summary>Whether the entry can be run; if it cannot, it gets another line.</summary>
    private bool IsFinished(CancellationToken cancellationToken)
    {
        var answer = questions.IsComplete(editor.Text, cancellationToken);
        if (answer.Status != CodeStatus.Incomplete)
        {
            return true;
        }

        // Pasted lines bring their indentation along.
        var indent = input.IsReady || editor.Cursor < editor.Text.Length ? "" : answer.Indent;
        screen.Change(() => editor.BreakLine(indent));
        return false;
    }

    private void Complete(CancellationToken cancellationToken)
    {
        var (start, end, matches) = questions.Complete(editor.Text, editor.Cursor, cancellationToken);
        if (matches.Count == 0)
        {
            return;
        }

        var common = CommonStart(matches);
        if (common.Length > 0 && common != editor.Text[start..end] && common.Length >= end - start)
        {
            screen.Change(() => editor.Replace(start, end, common));
        }
        else if (matches.Count > 1)
        {
            screen.Change(() => drawing.ShowNames(matches));
        }
    }

    private static string CommonStart(IReadOnlyList<string> matches)
    {
        var common = matches[0];
        foreach (var match in matches)
        {
            common = common[..common.AsSpan().CommonPrefixLength(match)];
        }

        return common;
    }

    /// <summary>The terminal has another size, or was somebody else's while this process was stopped.</summary>
    private void Redraw() => screen.Change(() =>
    {
        if (reading)
        {
            device.EnterEditing();
            drawing.Draw();
        }
    });
}
