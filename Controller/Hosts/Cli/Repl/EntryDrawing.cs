using System.Globalization;
using System.Text;
using ProcInterrupt.Cli.Repl.Editing;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Repl;

/// <summary>The entry of an editor on the screen of a terminal, redrawn in place. Under the screen's lock.</summary>
internal sealed class EntryDrawing : IEntryDrawing
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly TerminalDevice device;
    private readonly LineEditor editor;
    private readonly TerminalStyle style;
    private readonly Stream output = DescriptorStream.OpenStandard(1);
    private Prompt prompt = new("", "");
    private int cursorRow;
    private int rowsBelow;

    public EntryDrawing(TerminalDevice device, LineEditor editor, TerminalStyle style)
    {
        this.device = device;
        this.editor = editor;
        this.style = style;
    }

    /// <summary>A new entry begins here.</summary>
    public void Begin(Prompt newPrompt)
    {
        prompt = newPrompt;
        (cursorRow, rowsBelow) = (0, 0);
        Write("\e[?2004h"); // pasted text is marked as such
    }

    public void Erase()
    {
        Write(ToBeginning() + "\e[J");
        (cursorRow, rowsBelow) = (0, 0);
    }

    public void Draw()
    {
        var (width, height) = device.Size;
        var layout = EntryLayout.Of(editor.Text, editor.Cursor, prompt.First, prompt.Next, width);

        // What is taller than the screen is shown around the cursor: rows that have scrolled away cannot be redrawn.
        var count = Math.Min(layout.Rows.Count, height);
        var top = Math.Clamp(layout.CursorRow - (height / 2), 0, layout.Rows.Count - count);
        var text = new StringBuilder(ToBeginning()).Append("\e[J");
        text.AppendJoin("\r\n", layout.Rows.Skip(top).Take(count).Select(Styled));
        cursorRow = layout.CursorRow - top;
        rowsBelow = count - 1 - cursorRow;
        if (editor.Cursor < editor.Text.Length)
        {
            text.Append(Move(rowsBelow, 'A')).Append('\r').Append(Move(layout.CursorColumn, 'C'));
        }

        Write(text.ToString());
    }

    /// <summary>Leaves the entry where it stands and goes to the line below it.</summary>
    /// <param name="mark">Written behind it.</param>
    public void End(string mark = "")
    {
        editor.ToEnd();
        Draw();
        Write($"{mark}{Move(rowsBelow, 'B')}\r\n");
        (cursorRow, rowsBelow) = (0, 0);
    }

    /// <summary>Nothing is typed any more.</summary>
    public void Leave() => Write("\e[?2004l");

    /// <summary>An empty screen with the entry at its top.</summary>
    public void ClearScreen()
    {
        Write("\e[H\e[2J");
        (cursorRow, rowsBelow) = (0, 0);
        Draw();
    }

    /// <summary>Shows names in columns below the entry, and the entry again below them.</summary>
    public void ShowNames(IReadOnlyList<string> names)
    {
        const int most = 100;
        var cursor = editor.Cursor;
        End();
        var shown = names.Take(most).ToList();
        var column = shown.Max(TextWidth.OfText) + 2;
        var columns = Math.Max(1, device.Size.Width / column);
        var rows = (shown.Count + columns - 1) / columns;
        var text = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            var line = string.Concat(Enumerable.Range(0, columns).Select(place => (place * rows) + row).Where(index => index < shown.Count)
                .Select(index => shown[index] + new string(' ', column - TextWidth.OfText(shown[index]))));
            text.Append(style.Faint(line.TrimEnd())).Append("\r\n");
        }

        if (names.Count > most)
        {
            text.Append(style.Faint($"... and {names.Count - most} more")).Append("\r\n");
        }

        Write(text.ToString());
        editor.MoveTo(cursor);
        Draw();
    }

    private static string Move(int count, char direction) =>
        count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"\e[{count}{direction}");

    private string ToBeginning() => Move(cursorRow, 'A') + "\r";

    private string Styled(EntryRow row) => row.Prompt.Length == 0 ? row.Text : style.Bold(row.Prompt) + row.Text;

    private void Write(string text) => output.Write(Utf8.GetBytes(text));
}
