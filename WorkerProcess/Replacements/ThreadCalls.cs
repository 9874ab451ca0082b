using ProcInterrupt.WorkerProcess.Budgets;
using ProcInterrupt.WorkerProcess.Delivery;

namespace ProcInterrupt.WorkerProcess.Replacements;

[Replaces(typeof(Thread))]
public static class ThreadCalls
{
    public static void Sleep(int millisecondsTimeout)
    {
        if (Timeouts.Wait(millisecondsTimeout))
        {
            WaitRegion.Run(0, millisecondsTimeout, static (_, left) =>
            {
                Thread.Sleep(left);
                return true;
            });
        }
        else
        {
            Thread.Sleep(millisecondsTimeout);
        }
    }

    public static void Sleep(TimeSpan timeout)
    {
        if (Timeouts.Wait(timeout, out var milliseconds))
        {
            Sleep(milliseconds);
        }
        else
        {
            Thread.Sleep(timeout);
        }
    }

    public static void Start(Thread thread)
    {
        BudgetGuard.BeforeThread();
        thread.Start();
    }

    public static void Start(Thread thread, object? parameter)
    {
        BudgetGuard.BeforeThread();
        thread.Start(parameter);
    }

    /// <remarks>With the flow: by it a thread is known to be the run's, and stops with it.</remarks>
    public static void UnsafeStart(Thread thread) => Start(thread);

    /// <inheritdoc cref="UnsafeStart(Thread)"/>
    public static void UnsafeStart(Thread thread, object? parameter) => Start(thread, parameter);

    public static void Join(Thread thread) => WaitRegion.Run(thread, static t => t.Join());

    public static bool Join(Thread thread, int millisecondsTimeout) => Timeouts.Wait(millisecondsTimeout)
        ? WaitRegion.Run(thread, millisecondsTimeout, static (t, left) => t.Join(left))
        : thread.Join(millisecondsTimeout);

    public static bool Join(Thread thread, TimeSpan timeout) => Timeouts.Wait(timeout, out var milliseconds) ? Join(thread, milliseconds) : thread.Join(timeout);
}
