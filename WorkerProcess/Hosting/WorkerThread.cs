using System.Diagnostics.CodeAnalysis;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Hosting;

/// <summary>Threads of the worker's own: a fault of ours ends the worker with its trace on standard error, and is never taken for user code's.</summary>
internal static class WorkerThread
{
    /// <summary>The standard error that the worker was started with, also when running code's has taken its place.</summary>
    public static int FaultDescriptor { get; private set; } = 2;

    /// <summary>Keeps it aside; no child inherits it.</summary>
    public static void KeepFaultDescriptor() => FaultDescriptor = PipeCalls.Duplicate(FaultDescriptor);

    public static void Start(string name, Action body, int stackBytes = 0) =>
        new Thread(() => Run(name, body), stackBytes) { IsBackground = true, Name = name }.Start();

    /// <summary>The same for the calling thread.</summary>
    public static void Run(string name, Action body)
    {
        try
        {
            body();
        }
        catch (Exception exception)
        {
            Fail(name, exception);
        }
    }

    [DoesNotReturn]
    private static void Fail(string name, Exception exception)
    {
        PipeCalls.Offer(FaultDescriptor, System.Text.Encoding.UTF8.GetBytes($"The worker failed on its thread '{name}'. {exception}\n"));
        ProcessCalls.ExitNow(WorkerExitCode.Internal);
        throw new System.Diagnostics.UnreachableException();
    }
}
