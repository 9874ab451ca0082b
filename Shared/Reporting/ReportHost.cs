namespace ProcInterrupt.Reporting;

/// <summary>Where reports and displays go.</summary>
internal static class ReportHost
{
    private static readonly Lock Gate = new();

    /// <summary>The worker's; <see langword="null"/> outside a worker.</summary>
    public static IReportHost? Current { get; private set; }

    /// <summary>Called once, by the worker, before any code runs.</summary>
    public static void Install(IReportHost installed)
    {
        lock (Gate)
        {
            if (Current is not null && !ReferenceEquals(Current, installed))
            {
                throw new InvalidOperationException("A report host is installed already.");
            }

            Current = installed;
        }
    }
}
