using System.Collections.Concurrent;
using Xunit;

namespace ProcInterrupt.Tests.Controller.Hostile;

/// <summary>Notes what nobody caught: on threads of ours, and in tasks that nobody looks at any more.</summary>
internal sealed class BackgroundFaults
{
    private readonly ConcurrentQueue<string> faults = new();

    public BackgroundFaults()
    {
        // What others have left behind is theirs.
        Collect();
        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        TaskScheduler.UnobservedTaskException += OnUnobserved;
    }

    /// <summary>Fails if there was any. Nothing is noted after it.</summary>
    public void AssertNone()
    {
        Collect();
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandled;
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        Assert.True(faults.IsEmpty, string.Join("\n", faults));
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private void OnUnhandled(object sender, UnhandledExceptionEventArgs args) => faults.Enqueue($"Unhandled: {args.ExceptionObject}");

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs args) => faults.Enqueue($"Unobserved: {args.Exception}");
}
