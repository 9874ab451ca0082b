namespace ProcInterrupt.Cli.Terminal;

/// <summary>A one-line progress bar that is redrawn in place. Not thread-safe.</summary>
internal sealed class ProgressBar
{
    private const int Width = 30;
    private readonly TextWriter terminal;
    private bool shown;

    public ProgressBar(TextWriter terminal) => this.terminal = terminal;

    /// <param name="fraction">0 to 1; anything else is brought into that range.</param>
    /// <param name="message">What is being done, or <see langword="null"/>.</param>
    public void Show(double fraction, string? message)
    {
        var done = double.IsNaN(fraction) ? 0 : Math.Clamp(fraction, 0, 1);
        var filled = (int)(done * Width);

        // Control characters in the message would move the cursor.
        var text = message is null ? "" : " " + string.Concat(message.Where(c => !char.IsControl(c)));
        terminal.Write($"\r\e[K[{new string('#', filled)}{new string('.', Width - filled)}] {done,4:P0}{text}");
        terminal.Flush();
        shown = true;
    }

    /// <summary>Takes the bar away, so that something else can be written.</summary>
    public void Clear()
    {
        if (shown)
        {
            terminal.Write("\r\e[K");
            terminal.Flush();
            shown = false;
        }
    }
}
