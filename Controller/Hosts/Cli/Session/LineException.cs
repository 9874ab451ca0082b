namespace ProcInterrupt.Cli.Session;

/// <summary>A line of a session's input cannot be acted upon; the message is for the client.</summary>
internal sealed class LineException : Exception
{
    public LineException(string message)
        : base(message)
    {
    }
}
