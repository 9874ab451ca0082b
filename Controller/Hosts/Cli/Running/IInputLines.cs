namespace ProcInterrupt.Cli.Running;

/// <summary>Where the lines come from that code reads. <see cref="Read"/> is never called concurrently.</summary>
internal interface IInputLines
{
    /// <summary>Waits for a line.</summary>
    /// <param name="password">It is not to be shown as it is typed.</param>
    /// <param name="cancellationToken">The run is over: a line that comes later is not for it.</param>
    /// <returns>The line without its end, or <see langword="null"/> at the end of input.</returns>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    string? Read(bool password, CancellationToken cancellationToken);
}
