using ProcInterrupt.Cli.Running;
using ProcInterrupt.Cli.Terminal;

namespace ProcInterrupt.Cli.Repl;

/// <summary>The lines that are typed at the terminal while code runs.</summary>
internal sealed class TerminalLines : IInputLines
{
    private readonly InputBytes input;
    private readonly TerminalDevice? device;
    private readonly ReplScreen screen;

    /// <param name="input">Where they come from.</param>
    /// <param name="device">Keeps passwords from being shown; <see langword="null"/> where that cannot be done.</param>
    /// <param name="screen">Told where the cursor is.</param>
    public TerminalLines(InputBytes input, TerminalDevice? device, ReplScreen screen)
    {
        this.input = input;
        this.device = device;
        this.screen = screen;
    }

    public string? Read(bool password, CancellationToken cancellationToken)
    {
        if (!password || device is null)
        {
            var line = input.ReadLine(cancellationToken);
            screen.LineTyped();
            return line;
        }

        device.EnterHidden();
        try
        {
            var line = input.ReadLine(cancellationToken);
            screen.Show(view => view.ShowLine(""));
            return line;
        }
        finally
        {
            device.Restore();
        }
    }
}
