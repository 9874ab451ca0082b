namespace ProcInterrupt.Cli.Session;

/// <summary>One line of a session's input.</summary>
internal abstract record SessionRequest;
