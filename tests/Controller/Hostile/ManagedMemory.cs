using Xunit;

namespace ProcInterrupt.Tests.Controller.Hostile;

/// <summary>What this process holds on to while something goes on, looked at again and again.</summary>
internal sealed class ManagedMemory
{
    /// <summary>The retention of a run and of the background, as UTF-16 and with what each event takes, a frame of 16 MiB in its buffers, and some.</summary>
    private const long Allowance = 128 * 1024 * 1024;

    private readonly long before = GC.GetTotalMemory(forceFullCollection: true);
    private long most;

    /// <summary>Looks until the task has ended.</summary>
    public async Task WatchAsync(Task task)
    {
        do
        {
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        }
        while (await Task.WhenAny(task, Task.Delay(50)) != task);
        await task;
    }

    public void AssertBounded() => Assert.True(most - before < Allowance, $"From {before / 1e6:F0} to {most / 1e6:F0} MB are held.");
}
