namespace ProcInterrupt.Reporting;

/// <summary>What a worker puts behind <see cref="Progress"/> and <see cref="Display"/>.</summary>
/// <remarks>Called from any thread of running code, with arguments that have been checked.</remarks>
internal interface IReportHost
{
    /// <summary>Tells how far the calling thread's run is. Never waits.</summary>
    void Report(double fraction, string? message);

    /// <summary>Shows something, in order with what is printed; waits for room as printing does.</summary>
    /// <exception cref="ArgumentException">It is larger than can be sent.</exception>
    void Show(IReadOnlyDictionary<string, string> forms);
}
