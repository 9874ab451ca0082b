using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using ProcInterrupt.WorkerProcess.Output;

namespace ProcInterrupt.WorkerProcess.Hosting;

/// <summary>Threads of the worker's own: a fault of ours ends the worker with its trace on standard error, and is never taken for user code's.</summary>
[SupportedOSPlatform("linux")]
internal static class WorkerThread
{
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
        using (var handle = new SafeFileHandle(DescriptorCapture.ErrorDescriptor, ownsHandle: false))
        using (var error = new FileStream(handle, FileAccess.Write, bufferSize: 0))
        {
            error.Write(System.Text.Encoding.UTF8.GetBytes($"The worker failed on its thread '{name}'. {exception}\n"));
        }

        ProcessCalls.ExitNow(WorkerExitCode.Internal);
        throw new System.Diagnostics.UnreachableException();
    }
}
