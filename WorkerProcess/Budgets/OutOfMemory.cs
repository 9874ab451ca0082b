namespace ProcInterrupt.WorkerProcess.Budgets;

/// <summary>Whether an exception comes from a lack of memory.</summary>
internal static class OutOfMemory
{
    private const int MostLinks = 16;

    public static bool IsBehind(Exception? exception)
    {
        for (var links = 0; exception is not null && links < MostLinks; links++)
        {
            if (exception is OutOfMemoryException)
            {
                return true;
            }

            exception = exception.InnerException;
        }

        return false;
    }
}
