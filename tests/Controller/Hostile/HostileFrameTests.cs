using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ProcInterrupt.Interrupts;
using ProcInterrupt.Messages;
using ProcInterrupt.Runs;
using Xunit;

namespace ProcInterrupt.Tests.Controller.Hostile;

/// <summary>Frames that could each be true, and are too many: without a process.</summary>
[Collection(WorkerProcessesCollection.Name)]
public sealed class HostileFrameTests : IDisposable
{
    private const int Retention = 64 * 1024;
    private readonly RecordingOutbox outbox = new();
    private readonly CountingLogger logger = new();
    private readonly Dispatcher dispatcher;

    public HostileFrameTests()
    {
        dispatcher = new Dispatcher(Retention, new OneLogger(logger));
        _ = dispatcher.Attach(outbox, static () => { }, own: null);
        dispatcher.Resume();
    }

    public void Dispose() => dispatcher.Close(WorkerEnding.Lost, new WorkerExit(1, null, "Ended."));

    [Fact]
    public async Task Displays_of_many_empty_forms_count_for_what_it_takes_to_keep_them()
    {
        var run = Start();
        var forms = Enumerable.Range(0, ProtocolConstants.MaxMimeTypes).ToDictionary(form => $"{form}", _ => "");
        for (var sent = 0; sent < 10_000; sent++)
        {
            dispatcher.Receive(new DisplayMessage(run.Number, forms));
        }

        dispatcher.Receive(new RunCompletedMessage(run.Number, RunOutcome.Succeeded, default, null, null, null, 0, 0));
        var kept = await run.Events.OfType<DisplayEvent>().CountAsync();
        Assert.InRange(kept, 1, Retention / ProtocolConstants.MaxMimeTypes / 100);
    }

    [Fact]
    public void Prompts_that_nobody_answers_hold_no_more_than_one_frame_could()
    {
        var run = Start();
        var prompt = new string('?', 4 * 1024 * 1024);
        for (uint request = 0; request < 4; request++)
        {
            dispatcher.Receive(new InputRequestMessage(run.Number, request, prompt, false));
        }

        var thrown = Assert.Throws<ProtocolException>(() => dispatcher.Receive(new InputRequestMessage(run.Number, 4, prompt, false)));
        Assert.Contains("prompts of", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_as_large_as_a_frame_may_be_asked_again_and_again()
    {
        var run = Start();
        var prompt = new string('?', ProtocolConstants.DefaultMaxFrameBytes);
        await using var events = run.Events.OfType<InputRequestEvent>().GetAsyncEnumerator();
        for (uint request = 0; request < 3; request++)
        {
            dispatcher.Receive(new InputRequestMessage(run.Number, request, prompt, false));
            Assert.True(await events.MoveNextAsync());
            Assert.True(run.ReplyToInput(events.Current, ""));
        }
    }

    [Fact]
    public void A_flood_of_log_messages_is_cut_short_and_counted()
    {
        for (var message = 0; message < 100_000; message++)
        {
            dispatcher.Receive(new LogMessage(LogMessage.ErrorLevel, "flood", new string('x', 20_000)));
        }

        dispatcher.Close(WorkerEnding.Lost, new WorkerExit(1, null, "Ended."));
        Assert.InRange(logger.Messages, 100, 5000);
        Assert.InRange(logger.Longest, 16_000, 17_000);
        Assert.Equal(100_000, logger.FromWorker + logger.Dropped);
    }

    [Fact]
    public async Task Nobody_is_told_of_what_was_given_up_and_fails_later()
    {
        var faults = new BackgroundFaults();
        await GiveUpAsync();
        faults.AssertNone();
    }

    private async Task GiveUpAsync()
    {
        using var cancel = new CancellationTokenSource();
        using var buffer = InterruptBuffer.Create();
        var swap = dispatcher.SetInterruptBufferAsync(buffer).WaitAsync(cancel.Token);
        Task[] asked = [swap, dispatcher.ResetAsync(null, cancel.Token), dispatcher.IsCompleteAsync("fake", "", cancel.Token)];
        await cancel.CancelAsync();
        foreach (var task in asked)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        }

        dispatcher.Close(WorkerEnding.Lost, new WorkerExit(1, null, "Ended."));
    }

    private Run Start()
    {
        var run = dispatcher.Run("fake", "", new RunOptions());
        dispatcher.Receive(new RunStartedMessage(run.Number, MonotonicClock.Nanos));
        return run;
    }

    private sealed class OneLogger(ILogger logger) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void AddProvider(ILoggerProvider provider) => throw new InvalidOperationException("There is one logger.");

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed class CountingLogger : ILogger
    {
        public int Messages { get; private set; }

        public int FromWorker { get; private set; }

        public int Longest { get; private set; }

        public long Dropped { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Messages++;
            var text = formatter(state, exception);
            Longest = Math.Max(Longest, text.Length);
            if (text.StartsWith("flood", StringComparison.Ordinal))
            {
                FromWorker++;
            }
            else if (text.Contains("more messages", StringComparison.Ordinal))
            {
                Dropped += long.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            }
        }
    }
}
