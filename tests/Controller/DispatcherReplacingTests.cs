using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>One worker after another at the same dispatcher; without a process.</summary>
public sealed class DispatcherReplacingTests : IDisposable
{
    private static readonly WorkerExit Exit = new(42, null, "The worker process 1 exited with code 42.");
    private readonly RecordingOutbox first = new();
    private readonly RecordingOutbox second = new();
    private readonly InterruptBuffer own = InterruptBuffer.Create();
    private readonly Dispatcher dispatcher;

    public DispatcherReplacingTests() => dispatcher = Dispatchers.Connected(first, static () => { }, retention: 1024 * 1024);

    public void Dispose()
    {
        dispatcher.Close(WorkerEnding.Terminated, Exit);
        own.Dispose();
    }

    [Fact]
    public async Task A_buffer_that_the_user_sets_while_a_replacement_is_connected_comes_after_its_own_and_stays()
    {
        using var users = InterruptBuffer.Create();
        dispatcher.Part(WorkerEnding.Killed, Exit);
        var ready = dispatcher.Attach(second, static () => { }, own);
        var set = dispatcher.SetInterruptBufferAsync(users);
        var requests = second.Sent.ToArray().Cast<SetInterruptBufferMessage>().ToList();
        Assert.Equal([own.Path, users.Path], requests.Select(static request => request.Path));
        requests.ForEach(request => dispatcher.Receive(new InterruptBufferSetMessage(request.Request, null)));
        await Task.WhenAll(ready, set);
        Assert.Equal(users.Path, dispatcher.MapPath);

        // It is the user's, so the next one gets it again.
        dispatcher.Part(WorkerEnding.Killed, Exit);
        var third = new RecordingOutbox();
        var again = dispatcher.Attach(third, static () => { }, own);
        Assert.Equal(users.Path, third.Take<SetInterruptBufferMessage>().Path);
        Assert.Empty(third.Sent);
        Assert.False(again.IsCompleted);
    }

    [Fact]
    public async Task What_nobody_has_read_of_an_ended_workers_output_is_no_credit_for_the_next_one()
    {
        var run = dispatcher.Run("csharp", "flood", new RunOptions { WaitForReader = true });
        dispatcher.Receive(new RunStartedMessage(run.Number, 1));
        for (var piece = 0; piece < 10; piece++)
        {
            dispatcher.Receive(new OutputMessage(run.Number, OutputStream.Stdout, new string('x', 60_000)));
        }

        dispatcher.Part(WorkerEnding.Killed, Exit);
        _ = dispatcher.Attach(second, static () => { }, own);
        await foreach (var item in run.Events)
        {
            if (item is OutputEvent)
            {
                break;
            }
        }

        Assert.Equal(0, second.Credit);
    }
}
