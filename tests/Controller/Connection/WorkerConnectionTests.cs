using System.IO.Pipes;
using ProcInterrupt.Connection;
using ProcInterrupt.Messages;
using ProcInterrupt.Tests.EndToEnd;
using ProcInterrupt.Transport;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Controller.Connection;

[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "DisposeAsync disposes of them.")]
public sealed class WorkerConnectionTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>Longer than what is written by whoever posts it.</summary>
    private static readonly string LongCode = new('x', 20_000);

    private readonly string name = Path.Combine(Path.GetTempPath(), $"pi-{Guid.NewGuid():N}");
    private NamedPipeClientStream worker = null!;
    private WorkerPipe pipe = null!;
    private WorkerConnection connection = null!;

    public async Task InitializeAsync()
    {
        var server = new NamedPipeServerStream(name, PipeDirection.InOut, 1);
        worker = new NamedPipeClientStream(".", name, PipeDirection.InOut);
        var connected = server.WaitForConnectionAsync();
        await worker.ConnectAsync(10_000);
        await connected;
        pipe = new WorkerPipe(server, ProtocolConstants.DefaultMaxFrameBytes);
        connection = new WorkerConnection(pipe);
        connection.Start(static _ => { }, static (_, exception) => throw exception, 0);
    }

    public async Task DisposeAsync()
    {
        if (!connection.Stopped.IsCompleted)
        {
            connection.Close();
            await connection.Stopped.Soon();
        }

        pipe.Dispose();
        await worker.DisposeAsync();
        File.Delete(name);
    }

    [Fact]
    public async Task What_several_threads_post_arrives_whole_and_in_the_order_of_each()
    {
        const int posters = 4;
        const uint each = 1_000; // all of them fit, whether they are read or not
        var seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        var posting = Enumerable.Range(0, posters).Select(poster => Task.Factory.StartNew(() => PostAll(poster, each, new Random(seed + poster)), TaskCreationOptions.LongRunning)).ToArray();
        var reader = new MessageReader(worker);
        var last = new uint[posters];
        for (var left = posters * each; left > 0; left--)
        {
            var run = Assert.IsType<RunCodeMessage>(reader.Read());
            var poster = int.Parse(run.Engine, System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(last[poster] + 1, run.Run);
            last[poster] = run.Run;
        }

        await Task.WhenAll(posting).Soon();
    }

    [Fact]
    public async Task A_post_never_waits_for_a_worker_that_does_not_read()
    {
        // More than the kernel keeps, in pieces that would be written at once if there were room.
        var post = Task.Factory.StartNew(() => PostAll(0, 10_000, random: null), TaskCreationOptions.LongRunning);
        await post.Soon();
        Assert.Equal("The worker does not read its pipe.", (await connection.Ended.Soon())?.Message);
    }

    [Fact]
    public async Task A_post_during_the_end_throws_nothing()
    {
        var stop = false;
        var post = Task.Factory.StartNew(
            () =>
            {
                for (uint run = 1; !Volatile.Read(ref stop); run++)
                {
                    connection.Post(new RunCodeMessage(run, "csharp", "1", null, 0, 1));
                }
            },
            TaskCreationOptions.LongRunning);
        Assert.NotNull(new MessageReader(worker).Read());
        await worker.DisposeAsync();
        await connection.Ended.Soon();
        connection.Close();
        await connection.Stopped.Soon();
        pipe.Dispose();
        await Task.Delay(20); // posts go on
        Volatile.Write(ref stop, true);
        await post.Soon();
    }

    private void PostAll(int poster, uint count, Random? random)
    {
        for (uint run = 1; run <= count; run++)
        {
            var code = random?.Next(4) == 0 ? LongCode : "1 + 1";
            connection.Post(new RunCodeMessage(run, $"{poster}", code, null, 0, 1));
        }
    }
}
