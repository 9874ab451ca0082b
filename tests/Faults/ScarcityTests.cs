using ProcInterrupt.Tests.Cli;
using ProcInterrupt.Tests.Controller;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Faults;

/// <summary>No place for the socket, no descriptors: said clearly, waited for by nobody, and nothing is left.</summary>
[Collection(WorkerProcessesCollection.Name)]
public sealed class ScarcityTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private readonly WorkerProcesses processes;
    private readonly ITestOutputHelper log;

    public ScarcityTests(WorkerProcesses processes, ITestOutputHelper log)
    {
        this.processes = processes;
        this.log = log;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => processes.AssertNothingIsLeft();

    [Theory]
    [InlineData("size=4k,nr_inodes=1", "No space left on device")]
    [InlineData("ro", "Read-only file system")]
    public async Task A_full_or_read_only_disk_is_named_as_what_keeps_the_socket_from_being_made(string mount, string says)
    {
        // In a mount namespace of its own /tmp can be what it likes. Without the right to one, a folder that takes nothing stands for it.
        var mayMount = (await EndOf("unshare", "-m", "true")).ExitCode == 0;
        log.WriteLine(mayMount ? "in a mount namespace" : "without a mount namespace: only the order of the places is tested");
        var command = $"{CommandProcess.DotNet} {CommandProcess.Assembly} run -c 'Console.Write(42);'";
        if (!mayMount)
        {
            var fallback = await EndOf("sh", "-c", $"XDG_RUNTIME_DIR=/proc TMPDIR=/sys {command}");
            Assert.Equal((0, "42"), (fallback.ExitCode, fallback.Output));
            return;
        }

        var result = await EndOf(
            "unshare", "-m", "sh", "-c", $"mount -t tmpfs -o {mount} none /tmp; cd /; unset XDG_RUNTIME_DIR TMPDIR; exec {command}");
        Assert.Equal(70, result.ExitCode);
        Assert.Contains("No folder could be made for the worker's socket. /tmp: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(70)]
    [InlineData(90)]
    [InlineData(130)]
    [InlineData(170)]
    public async Task Too_few_descriptors_end_the_start_with_the_reason(int descriptors)
    {
        // Few enough that first the controller and then the worker cannot open what it needs; where exactly is the runtime's matter.
        using var place = new SocketPlace();
        var result = await EndOf("sh", "-c", $"ulimit -n {descriptors}; exec {CommandProcess.DotNet} {CommandProcess.Assembly} run -c 'Console.Write(42);'");
        log.WriteLine($"{result.ExitCode}: {result.Error[..Math.Min(result.Error.Length, 300)]}");
        Assert.True(result.ExitCode == 0 ? result.Output == "42" : result.Error.Length > 0, $"{result}");

        // A runtime that ends itself for want of descriptors runs no clean-up, and its worker may not have come up either.
        const int aborted = 128 + 6;
        if (result.ExitCode != aborted)
        {
            Assert.Empty(place.Left());
        }
    }

    [Fact]
    public async Task A_controller_without_descriptors_goes_on_with_its_worker()
    {
        await using var session = await SessionClient.StartAsync();
        await InterruptedAsync(session, 1);
        var before = Descriptors(session.Command.Id);

        // The runtime itself needs one now and then, and ends the process when it has none.
        const int spare = 4;
        await LimitAsync(session.Command.Id, HighestDescriptor(session.Command.Id) + 1 + spare);
        for (var run = 2; run < 6; run++)
        {
            await InterruptedAsync(session, run);
            var answer = await session.CompleteAsync(10 * run, "6 * 7");
            Assert.Equal("42", SessionClient.Text(answer, "value"));
        }

        // The runtime may have closed some of its own meanwhile.
        Assert.InRange(Descriptors(session.Command.Id), 1, before);
        Assert.Equal(0, await session.CloseAsync());
    }

    [Fact]
    public async Task A_worker_without_descriptors_goes_on_and_keeps_its_buffer_when_it_cannot_open_another()
    {
        await using var worker = await Worker.StartAsync();

        // What the runtime loads only when it is first needed is there then.
        await InterruptedAsync(worker);
        using var buffer = InterruptBuffer.Create();
        await LimitAsync(worker.ProcessId, 3);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => worker.SetInterruptBufferAsync(buffer).WaitAsync(Bound));
        Assert.Contains("open failed: Too many open files", thrown.Message, StringComparison.Ordinal);
        const int enough = 1000;
        await LimitAsync(worker.ProcessId, enough);
        await InterruptedAsync(worker);
        await worker.SetInterruptBufferAsync(buffer).WaitAsync(Bound);
    }

    private static async Task InterruptedAsync(Worker worker)
    {
        var run = worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.Events.OfType<OutputEvent>().FirstAsync().AsTask().WaitAsync(Bound);
        Assert.Equal(ReceiptStatus.Interrupted, (await run.InterruptAsync().WaitAsync(Bound)).Status);
    }

    private static async Task InterruptedAsync(SessionClient session, int run)
    {
        await session.RunAsync(run, "Console.Write(\"go\"); while (true) ;");
        await session.UntilPrintedAsync(run, "go");
        await session.SendAsync($$"""{"op":"interrupt","run":{{run}}}""");
        Assert.Equal("interrupted", SessionClient.Text(await session.UntilAsync("completed", run), "outcome"));
    }

    private static async Task LimitAsync(int processId, int descriptors)
    {
        var limited = await EndOf("prlimit", "--pid", $"{processId}", $"--nofile={descriptors}:");
        Assert.True(limited.ExitCode == 0, limited.Error);
    }

    private static int HighestDescriptor(int processId) =>
        Directory.GetFiles($"/proc/{processId}/fd").Max(path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture));

    private static int Descriptors(int processId) => Directory.GetFiles($"/proc/{processId}/fd").Length;

    private static async Task<CommandResult> EndOf(string program, params string[] arguments)
    {
        await using var process = CommandProcess.StartProgram(program, arguments);
        return await process.EndAsync();
    }
}
