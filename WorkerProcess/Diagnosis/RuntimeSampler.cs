using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using ProcInterrupt.Interrupts.Platform;

namespace ProcInterrupt.WorkerProcess.Diagnosis;

/// <summary>Asks the runtime where its threads are: the only way to a stack of a thread that does not give it itself.</summary>
/// <remarks>
/// The runtime's own sample profiler, for a few milliseconds. It needs no diagnostic port, which is closed in a worker, but is reached
/// through members of the runtime that are not public: where they are missing, there is no stack. Stops the process's threads for some
/// microseconds a sample, as a garbage collection does. Used by one thread.
/// </remarks>
internal sealed class RuntimeSampler
{
    private const uint BufferMegabytes = 4;
    private const uint Verbose = 5;
    private const int NetTrace = 1;
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.NonPublic;

    /// <summary>A sample is taken each millisecond, when the machine has time for it.</summary>
    private static readonly TimeSpan[] Durations = [TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(40)];

    private readonly MethodInfo? enable;
    private readonly MethodInfo? disable;
    private readonly Array? providers;
    private readonly object? format;

    public RuntimeSampler()
    {
        var library = typeof(object).Assembly;
        var pipe = library.GetType("System.Diagnostics.Tracing.EventPipeInternal");
        var provider = library.GetType("System.Diagnostics.Tracing.EventPipeProviderConfiguration");
        var formats = library.GetType("System.Diagnostics.Tracing.EventPipeSerializationFormat");
        if (pipe is null || provider is null || formats is null)
        {
            return;
        }

        enable = pipe.GetMethod("Enable", Static, [typeof(string), formats, typeof(uint), provider.MakeArrayType()]);
        disable = pipe.GetMethod("Disable", Static, [typeof(ulong)]);
        providers = Array.CreateInstance(provider, 1);
        providers.SetValue(
            Activator.CreateInstance(provider, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, null, ["Microsoft-DotNETCore-SampleProfiler", 0UL, Verbose, null], null),
            0);
        format = Enum.ToObject(formats, NetTrace);
    }

    /// <returns>Where a thread is; <see langword="null"/> when the runtime does not say.</returns>
    /// <param name="thread">The kernel's id of it.</param>
    public ThreadSample? Sample(int thread)
    {
        if (enable is null || disable is null)
        {
            return null;
        }

        foreach (var duration in Durations)
        {
            if (Sample(thread, duration) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private ThreadSample? Sample(int thread, TimeSpan duration)
    {
        var file = Libc.MemfdCreate("samples", Libc.MemfdFlags);
        if (file < 0)
        {
            // No descriptor is left to the process, or no memory.
            return null;
        }

        try
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file}");
            var session = enable!.Invoke(null, [path, format, BufferMegabytes, providers]);
            if (session is null or 0UL)
            {
                return null;
            }

            System.Threading.Thread.Sleep(duration);
            disable!.Invoke(null, [session]);
            return NetTraceReader.Read(File.ReadAllBytes(path)).GetValueOrDefault(thread);
        }
        finally
        {
            _ = Libc.Close(file);
        }
    }
}
