namespace ProcInterrupt.Cli.Terminal;

/// <summary>Colour where a terminal shows it and nobody asked for none.</summary>
internal sealed class TerminalStyle
{
    private readonly bool colour;

    public TerminalStyle(bool colour) => this.colour = colour;

    /// <summary>For standard output.</summary>
    public static TerminalStyle ForOutput { get; } = new(ShowsColour(Console.IsOutputRedirected));

    /// <summary>For standard error.</summary>
    public static TerminalStyle ForError { get; } = new(ShowsColour(Console.IsErrorRedirected));

    public string Bold(string text) => Paint("1", text);

    public string Faint(string text) => Paint("2", text);

    public string Red(string text) => Paint("31", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    // NO_COLOR counts when it is set and not empty (no-color.org).
    private static bool ShowsColour(bool redirected) =>
        !redirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && !string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal);

    private string Paint(string code, string text) => colour ? $"\e[{code}m{text}\e[0m" : text;
}
