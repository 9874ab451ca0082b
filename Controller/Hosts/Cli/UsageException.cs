namespace ProcInterrupt.Cli;

/// <summary>The command cannot do what was typed; the message is for whoever typed it.</summary>
internal sealed class UsageException : Exception
{
    public UsageException(string message)
        : base(message)
    {
    }
}
