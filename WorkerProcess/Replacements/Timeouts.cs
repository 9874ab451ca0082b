namespace ProcInterrupt.WorkerProcess.Replacements;

/// <summary>Tells the timeouts that wait from those that do not, or are refused: with these the framework's method is called as it is.</summary>
internal static class Timeouts
{
    public static bool Wait(int milliseconds) => milliseconds is > 0 or Timeout.Infinite;

    /// <param name="timeout">As the caller gave it.</param>
    /// <param name="milliseconds">What the framework makes of it.</param>
    public static bool Wait(TimeSpan timeout, out int milliseconds)
    {
        var total = (long)timeout.TotalMilliseconds;
        milliseconds = total is >= Timeout.Infinite and <= int.MaxValue ? (int)total : 0;
        return Wait(milliseconds);
    }
}
