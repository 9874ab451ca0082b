using System.Runtime.CompilerServices;
using ProcInterrupt.WorkerProcess.Delivery;
using Xunit;

namespace ProcInterrupt.Tests.WorkerProcess.Delivery;

public sealed class CleanupDepthTests
{
    [Fact]
    public void What_a_filter_left_behind_does_not_defer_what_the_thread_does_next()
    {
        Deep();
        Assert.True(CleanupDepth.InCleanup);
        RunThread.Enter(null);
        Assert.False(CleanupDepth.InCleanup);
    }

    [Fact]
    public unsafe void A_filter_that_runs_stays_when_the_flow_changes_in_it()
    {
        var frame = 0;
        CleanupDepth.EnterFilter((nuint)(&frame));
        RunThread.Enter(null);
        Assert.True(CleanupDepth.InCleanup);
        CleanupDepth.ExitFilter();
        Assert.False(CleanupDepth.InCleanup);
    }

    /// <summary>As a filter that an exception leaves: its frame is well below those of whoever calls next.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void Deep()
    {
        var frame = stackalloc byte[4096];
        CleanupDepth.EnterFilter((nuint)frame);
    }
}
