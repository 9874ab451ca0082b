using ProcInterrupt;

namespace BlockingSleep;

/// <summary>Functions for Python code: procinterrupt run blocking_sleep.py --engine python --host BlockingSleep.dll</summary>
public static class Functions
{
    /// <summary>Blocks the Python code that calls it, and looks for an interrupt every 50 ms.</summary>
    [HostFunction]
    public static void BlockingSleep(double seconds)
    {
        for (var rest = TimeSpan.FromSeconds(seconds); rest > TimeSpan.Zero; rest -= TimeSpan.FromMilliseconds(50))
        {
            Thread.Sleep(50);
            Interrupt.Check();
        }
    }
}
