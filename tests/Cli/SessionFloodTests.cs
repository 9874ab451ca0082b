using ProcInterrupt.Tests.Support;
using Xunit;

namespace ProcInterrupt.Tests.Cli;

/// <summary>A session whose client does not read while code prints without end.</summary>
public sealed class SessionFloodTests
{
    [Theory]
    [InlineData("while (true) Console.WriteLine(\"a line of the flood, which is long enough to be one of many\");")]
    [InlineData("while (true) Process.Start(\"sh\", [\"-c\", \"head -c 100000000 /dev/zero\"]).WaitForExit();")]
    public async Task Memory_stays_bounded_on_both_sides_and_the_run_can_be_interrupted(string flood)
    {
        await using var session = await SessionClient.StartAsync();
        await session.CompleteAsync(1, "1");
        var (worker, command) = (new ProcessMemory(session.WorkerId), new ProcessMemory(session.Command.Id));
        await session.RunAsync(2, "Console.WriteLine(\"go\"); " + flood);
        await session.UntilPrintedAsync(2, "go");
        await ProcessMemory.WatchAsync(worker, command);
        worker.AssertBounded();
        command.AssertBounded();

        await session.SendAsync("""{"op":"interrupt","run":2,"id":"i"}""");
        await session.UntilAsync("completed", 2);
        Assert.Equal("interrupted", SessionClient.Text(session.Events.Single(e => SessionClient.Text(e, "event") == "receipt"), "status"));
        await session.CompleteAsync(3, "Console.Write(\"next\");");
        Assert.Equal(0, await session.CloseAsync());
        var afterEnd = session.Events.SkipWhile(e => !(SessionClient.Text(e, "event") == "completed" && (long?)e["run"] == 2)).Skip(1);
        Assert.DoesNotContain(afterEnd, e => (long?)e["run"] == 2);
    }
}
