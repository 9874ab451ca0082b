using System.Globalization;

namespace ProcInterrupt.Cli.Repl.Editing;

/// <summary>An entry being typed: its text, of one line or more, and the cursor. Driven by keys; knows no terminal.</summary>
internal sealed class LineEditor
{
    private const int IndentSize = 4;

    private readonly History history;
    private string killed = "";
    private int? wantedColumn;

    public LineEditor(History history) => this.history = history;

    /// <summary>What was typed.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the next character goes, in UTF-16 units of the text.</summary>
    public int Cursor { get; private set; }

    private int LineStart => StartOfLine(Cursor);

    private int LineEnd => Text.IndexOf('\n', Cursor) is >= 0 and var end ? end : Text.Length;

    /// <summary>Begins a new entry.</summary>
    public void Clear()
    {
        Set("", 0);
        history.ToEnd();
    }

    /// <summary>One key.</summary>
    /// <returns>What it asks for.</returns>
    public EditAction Apply(Key key)
    {
        var column = wantedColumn;
        wantedColumn = null;
        switch (key.Kind)
        {
            case KeyKind.Enter:
                return EditAction.Enter;
            case KeyKind.Tab when string.IsNullOrWhiteSpace(Text[LineStart..Cursor]):
                Insert(new string(' ', IndentSize));
                break;
            case KeyKind.Tab:
                return EditAction.Complete;
            case KeyKind.ClearScreen:
                return EditAction.ClearScreen;
            case KeyKind.Interrupt:
                return EditAction.Interrupt;
            case KeyKind.DeleteOrEnd when Text.Length == 0:
                return EditAction.EndOfInput;
            case KeyKind.Up or KeyKind.Down:
                MoveLine(key.Kind == KeyKind.Up, column ?? Cursor - LineStart);
                break;
            default:
                Edit(key);
                break;
        }

        return EditAction.None;
    }

    /// <summary>Begins a new line at the cursor.</summary>
    /// <param name="indent">White space that it begins with.</param>
    public void BreakLine(string indent) => Insert("\n" + indent);

    /// <summary>Puts a text in the place of another, and the cursor behind it.</summary>
    public void Replace(int start, int end, string text) => Set(Text[..start] + text + Text[end..], start + text.Length);

    /// <summary>Puts the cursor behind the last character.</summary>
    public void ToEnd() => Cursor = Text.Length;

    /// <summary>Puts the cursor where it was before.</summary>
    public void MoveTo(int place) => Cursor = place;

    private void Edit(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Text when key.Text == "}":
                CloseBrace();
                break;
            case KeyKind.Text or KeyKind.Paste:
                Insert(key.Text);
                break;
            case KeyKind.NewLine:
                Insert("\n");
                break;
            case KeyKind.Backspace:
                Remove(Before(Cursor), Cursor);
                break;
            case KeyKind.Delete or KeyKind.DeleteOrEnd:
                Remove(Cursor, After(Cursor));
                break;
            case KeyKind.KillToStart:
                Kill(LineStart, Cursor);
                break;
            case KeyKind.KillToEnd:
                // At the end of a line its break, so that lines can be joined.
                Kill(Cursor, LineEnd == Cursor ? After(Cursor) : LineEnd);
                break;
            case KeyKind.KillWord:
                Kill(WordBefore(), Cursor);
                break;
            case KeyKind.KillNextWord:
                Kill(Cursor, WordAfter());
                break;
            case KeyKind.Yank:
                Insert(killed);
                break;
            case KeyKind.Left:
                Cursor = Before(Cursor);
                break;
            case KeyKind.Right:
                Cursor = After(Cursor);
                break;
            case KeyKind.WordLeft:
                Cursor = WordBefore();
                break;
            case KeyKind.WordRight:
                Cursor = WordAfter();
                break;
            case KeyKind.Home:
                Cursor = LineStart;
                break;
            case KeyKind.End:
                Cursor = LineEnd;
                break;
        }
    }

    /// <summary>A closing brace that begins its line stands one step to the left of what it closes.</summary>
    private void CloseBrace()
    {
        var start = LineStart;
        if (start > 0 && Cursor > start && Text.AsSpan(start, Cursor - start).IndexOfAnyExcept(' ') < 0)
        {
            Remove(Math.Max(start, Cursor - IndentSize), Cursor);
        }

        Insert("}");
    }

    private void MoveLine(bool up, int column)
    {
        var isAtEdge = up ? LineStart == 0 : LineEnd == Text.Length;
        if (isAtEdge)
        {
            if ((up ? history.Previous(Text) : history.Next()) is { } entry)
            {
                Set(entry, entry.Length);
            }

            return;
        }

        var start = up ? StartOfLine(LineStart - 1) : LineEnd + 1;
        Cursor = start;
        Cursor = OnBoundary(start, Math.Min(start + column, LineEnd));
        wantedColumn = column;
    }

    private void Insert(string text) => Set(Text.Insert(Cursor, text), Cursor + text.Length);

    private void Remove(int start, int end) => Set(Text.Remove(start, end - start), start);

    private void Kill(int start, int end)
    {
        if (end > start)
        {
            killed = Text[start..end];
            Remove(start, end);
        }
    }

    private void Set(string text, int cursor)
    {
        Text = text;
        Cursor = cursor;
    }

    private int StartOfLine(int place) => Text.AsSpan(0, place).LastIndexOf('\n') + 1;

    /// <summary>The beginning of the character before a place; a character is what is seen as one.</summary>
    private int Before(int place) => place == 0 ? 0 : Text[place - 1] == '\n' ? place - 1 : OnBoundary(StartOfLine(place), place - 1);

    private int After(int place) => place == Text.Length ? place : Text[place] == '\n' ? place + 1 : place + StringInfo.GetNextTextElementLength(Text, place);

    /// <summary>The last beginning of a character that is not behind a place.</summary>
    private int OnBoundary(int start, int place)
    {
        while (start < place && start + StringInfo.GetNextTextElementLength(Text, start) is var next && next <= place)
        {
            start = next;
        }

        return start;
    }

    private int WordBefore()
    {
        var place = Cursor;
        while (place > 0 && !IsWord(Text[place - 1]))
        {
            place--;
        }

        while (place > 0 && IsWord(Text[place - 1]))
        {
            place--;
        }

        return place;
    }

    private int WordAfter()
    {
        var place = Cursor;
        while (place < Text.Length && !IsWord(Text[place]))
        {
            place++;
        }

        while (place < Text.Length && IsWord(Text[place]))
        {
            place++;
        }

        return place;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_' || char.IsSurrogate(c);
}
