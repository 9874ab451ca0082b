using System.Globalization;
using System.Text;

namespace ProcInterrupt.Cli.Repl.Editing;

/// <summary>An entry broken into rows of the screen.</summary>
/// <param name="Rows">From top to bottom; at least one.</param>
/// <param name="CursorRow">The row of the cursor, from 0.</param>
/// <param name="CursorColumn">Its column, from 0.</param>
internal sealed record EntryLayout(IReadOnlyList<EntryRow> Rows, int CursorRow, int CursorColumn)
{
    private const string Tab = "    ";

    /// <summary>Breaks an entry into rows.</summary>
    /// <param name="text">The entry.</param>
    /// <param name="cursor">Where the cursor is in it.</param>
    /// <param name="prompt">Before the first line.</param>
    /// <param name="continuation">Before each other line.</param>
    /// <param name="width">Columns of the screen.</param>
    public static EntryLayout Of(string text, int cursor, string prompt, string continuation, int width)
    {
        var rows = new List<EntryRow>();
        var row = new StringBuilder();
        var rowPrompt = prompt;
        var column = TextWidth.OfText(prompt);
        var (cursorRow, cursorColumn) = (0, column);
        for (var index = 0; index < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text, index);
            var element = text.AsSpan(index, length);
            if (element[0] == '\n')
            {
                Place(index);
                EndRow(continuation);
                column = TextWidth.OfText(continuation);
                index++;
                continue;
            }

            var shown = Shown(element);
            var columns = TextWidth.OfText(shown);
            if (column + columns > width && row.Length > 0)
            {
                EndRow("");
                column = 0;
            }

            Place(index);
            row.Append(shown);
            column += columns;
            index += length;
        }

        if (column >= width && cursor == text.Length)
        {
            // The cursor cannot stand behind the last column.
            EndRow("");
            column = 0;
        }

        Place(text.Length);
        rows.Add(new EntryRow(rowPrompt, row.ToString()));
        return new EntryLayout(rows, cursorRow, Math.Min(cursorColumn, width - 1));

        void Place(int index)
        {
            if (index <= cursor)
            {
                (cursorRow, cursorColumn) = (rows.Count, column);
            }
        }

        void EndRow(string nextPrompt)
        {
            rows.Add(new EntryRow(rowPrompt, row.ToString()));
            row.Clear();
            rowPrompt = nextPrompt;
        }
    }

    /// <summary>Control characters would move the cursor: shown as ^X, a tab as its spaces.</summary>
    private static string Shown(ReadOnlySpan<char> element) => element[0] switch
    {
        '\t' => Tab,
        '\u007f' => "^?",
        < ' ' => $"^{(char)(element[0] + '@')}",
        >= '\u0080' and < '\u00a0' => "?",
        _ => element.ToString(),
    };
}
