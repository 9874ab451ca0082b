using ProcInterrupt.Processes;
using Xunit;

namespace ProcInterrupt.Tests.Shared.Processes;

/// <summary>Where the kernel is older than 6.12 nothing may change; elsewhere the turns are short.</summary>
public sealed class PromptThreadTests
{
    private const long Short = 100_000;

    [Fact]
    public void The_calling_thread_gets_short_turns_and_what_it_starts_does_not()
    {
        var (usual, chosen, started) = (0L, 0L, 0L);
        OnThread(() =>
        {
            usual = ThreadSlice.Of(0);
            PromptThread.Begin();
            chosen = ThreadSlice.Of(0);
            OnThread(() => started = ThreadSlice.Of(0));
        });

        Assert.NotEqual(Short, usual);
        Assert.Equal(ThreadSlice.CanBeChosen ? Short : usual, chosen);
        Assert.Equal(usual, started);
    }

    [Fact]
    public async Task What_an_interrupt_waits_for_has_short_turns_and_the_code_does_not()
    {
        await using var worker = await Worker.StartAsync();
        await worker.RunAsync("csharp", "1 + 1");
        var usual = ThreadSlice.Of(worker.ProcessId, "run");
        Assert.NotEqual(Short, usual);
        var prompt = ThreadSlice.CanBeChosen ? Short : usual;
        Assert.Equal(prompt, ThreadSlice.Of(worker.ProcessId));
        Assert.Equal(prompt, ThreadSlice.Of(worker.ProcessId, "interrupt watch"));
    }

    private static void OnThread(Action body)
    {
        var thread = new Thread(() => body());
        thread.Start();
        thread.Join();
    }
}
