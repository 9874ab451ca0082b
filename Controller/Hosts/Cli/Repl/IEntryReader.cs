namespace ProcInterrupt.Cli.Repl;

/// <summary>Reads what is typed at the prompt.</summary>
internal interface IEntryReader : IDisposable
{
    /// <summary>Reads one entry; blocks until it is complete.</summary>
    /// <param name="engine">The engine that it is for; the prompt names it.</param>
    /// <param name="cancellationToken">Discards what was typed.</param>
    /// <returns>The entry, or <see langword="null"/> when none follows.</returns>
    /// <exception cref="OperationCanceledException">Discarded.</exception>
    /// <exception cref="IOException">Standard output cannot be written.</exception>
    string? Read(string engine, CancellationToken cancellationToken);
}
