using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

/// <remarks>There is no synchronization domain to exit on .NET.</remarks>
[Replaces(typeof(WaitHandle))]
public static class WaitHandleCalls
{
    public static bool WaitOne(WaitHandle handle) => IsFrameworks(handle) ? WaitRegion.Run(handle, static h => h.WaitOne()) : handle.WaitOne();

    public static bool WaitOne(WaitHandle handle, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout) && IsFrameworks(handle)
        ? WaitRegion.Run(handle, millisecondsTimeout, static (h, left) => h.WaitOne(left))
        : handle.WaitOne(millisecondsTimeout);

    public static bool WaitOne(WaitHandle handle, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds) && IsFrameworks(handle)
        ? WaitOne(handle, milliseconds)
        : handle.WaitOne(timeout);

    public static bool WaitOne(WaitHandle handle, int millisecondsTimeout, bool exitContext) => Timeouts.Wait(millisecondsTimeout) && IsFrameworks(handle)
        ? WaitOne(handle, millisecondsTimeout)
        : handle.WaitOne(millisecondsTimeout, exitContext);

    public static bool WaitOne(WaitHandle handle, TimeSpan timeout, bool exitContext) => Timeouts.Wait(timeout, out var milliseconds) && IsFrameworks(handle)
        ? WaitOne(handle, milliseconds)
        : handle.WaitOne(timeout, exitContext);

    public static bool WaitAll(WaitHandle[] waitHandles) => WaitAll(waitHandles, Timeout.Infinite);

    public static bool WaitAll(WaitHandle[] waitHandles, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? WaitRegion.Run(waitHandles, millisecondsTimeout, static (h, left) => WaitHandle.WaitAll(h, left))
        : WaitHandle.WaitAll(waitHandles, millisecondsTimeout);

    public static bool WaitAll(WaitHandle[] waitHandles, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? WaitAll(waitHandles, milliseconds)
        : WaitHandle.WaitAll(waitHandles, timeout);

    public static bool WaitAll(WaitHandle[] waitHandles, int millisecondsTimeout, bool exitContext) => WaitAll(waitHandles, millisecondsTimeout);

    public static bool WaitAll(WaitHandle[] waitHandles, TimeSpan timeout, bool exitContext) => WaitAll(waitHandles, timeout);

    public static int WaitAny(WaitHandle[] waitHandles) => WaitAny(waitHandles, Timeout.Infinite);

    public static int WaitAny(WaitHandle[] waitHandles, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? WaitRegion.Run(waitHandles, millisecondsTimeout, static (h, left) => WaitHandle.WaitAny(h, left))
        : WaitHandle.WaitAny(waitHandles, millisecondsTimeout);

    public static int WaitAny(WaitHandle[] waitHandles, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds)
        ? WaitAny(waitHandles, milliseconds)
        : WaitHandle.WaitAny(waitHandles, timeout);

    public static int WaitAny(WaitHandle[] waitHandles, int millisecondsTimeout, bool exitContext) => WaitAny(waitHandles, millisecondsTimeout);

    public static int WaitAny(WaitHandle[] waitHandles, TimeSpan timeout, bool exitContext) => WaitAny(waitHandles, timeout);

    public static bool SignalAndWait(WaitHandle toSignal, WaitHandle toWaitOn) => SignalAndWait(toSignal, toWaitOn, Timeout.Infinite, exitContext: false);

    public static bool SignalAndWait(WaitHandle toSignal, WaitHandle toWaitOn, int millisecondsTimeout, bool exitContext) => WaitRegion.RunOnce(
        (toSignal, toWaitOn, millisecondsTimeout, exitContext),
        static s => WaitHandle.SignalAndWait(s.toSignal, s.toWaitOn, s.millisecondsTimeout, s.exitContext));

    public static bool SignalAndWait(WaitHandle toSignal, WaitHandle toWaitOn, TimeSpan timeout, bool exitContext) => Timeouts.Wait(timeout, out var milliseconds)
        ? SignalAndWait(toSignal, toWaitOn, milliseconds, exitContext)
        : WaitHandle.SignalAndWait(toSignal, toWaitOn, timeout, exitContext);

    // The methods are virtual: another's class may do anything in them.
    private static bool IsFrameworks(WaitHandle handle) => handle.GetType().Module == typeof(WaitHandle).Module;
}
