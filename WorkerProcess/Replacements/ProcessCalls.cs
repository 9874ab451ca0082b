using System.Diagnostics;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>
/// The thread that waits raises <see cref="Process.Exited"/>, if it is asked for: then the wait is in slices until that is
/// done. What is left after it are the ends of redirected streams.
/// </remarks>
[Replaces(typeof(Process))]
public static class ProcessCalls
{
    public static void WaitForExit(Process process) => WaitForExit(process, Timeout.Infinite);

    public static bool WaitForExit(Process process, int milliseconds)
    {
        if (!Timeouts.Wait(milliseconds))
        {
            return process.WaitForExit(milliseconds);
        }

        if (process.EnableRaisingEvents)
        {
            // Without an end the framework waits for the streams too, in the region.
            return SlicedWait.Run(process, milliseconds, static (p, slice) => p.WaitForExit(slice))
                && (milliseconds != Timeout.Infinite || WaitRegion.Run(process, static p => p.WaitForExit(Timeout.Infinite)));
        }

        return WaitRegion.Run(process, milliseconds, static (p, left) => p.WaitForExit(left));
    }

    public static bool WaitForExit(Process process, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? WaitForExit(process, milliseconds)
        : process.WaitForExit(timeout);
}
