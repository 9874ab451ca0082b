using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>An exception that leaves the factory is kept and thrown for ever: so making the value is clean-up, which is not interrupted.</remarks>
[Replaces(typeof(Lazy<>))]
public static class LazyCalls
{
    public static T Value<T>(Lazy<T> lazy) => lazy.IsValueCreated ? lazy.Value : Make(lazy);

    private static T Make<T>(Lazy<T> lazy)
    {
        CleanupDepth.Enter();
        try
        {
            return lazy.Value;
        }
        finally
        {
            CleanupDepth.Exit();
        }
    }
}
