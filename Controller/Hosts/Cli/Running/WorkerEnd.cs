namespace ProcInterrupt.Cli.Running;

/// <summary>How the command ends a worker.</summary>
internal static class WorkerEnd
{
    /// <summary>How long a run may take to unwind before its worker is ended all the same: the sum of the ladder's graces.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Ends a worker politely, and otherwise if that takes too long.</summary>
    /// <returns>Whether it went politely.</returns>
    public static async Task<bool> EndAsync(this Worker worker)
    {
        using var grace = new CancellationTokenSource(Grace);
        try
        {
            await worker.ShutdownAsync(grace.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            await worker.DisposeAsync();
            return false;
        }
    }
}
