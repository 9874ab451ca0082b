using ProcInterrupt.WorkerProcess.Engines;

namespace ProcInterrupt.Tests.WorkerProcess.Engines.CSharp;

/// <summary>Runs user code at once and waits, as the worker does for a run that nobody interrupts.</summary>
internal sealed class DirectScope : IRunScope
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public CancellationToken HostToken { get; init; }

    /// <summary>What counts as the run's own unwinding.</summary>
    public Func<Exception, bool> Unwinding { get; init; } = static _ => false;

    public int Calls { get; private set; }

    // Stays on the stack, for a test that looks for it there: an optimized tail call would leave nothing.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining | System.Runtime.CompilerServices.MethodImplOptions.NoOptimization)]
    public T CallUserCode<T>(Func<T> userCode)
    {
        Calls++;
        return userCode();
    }

    public void Wait(Task task)
    {
        if (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Limit))
        {
            throw new TimeoutException($"The program ran for more than {Limit}.");
        }
    }

    public bool KeepsVariables(Exception? fault) => true;

    public bool IsUnwinding(Exception exception) => Unwinding(exception);
}
