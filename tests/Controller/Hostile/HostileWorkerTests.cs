using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Controller.Hostile;

/// <summary>Workers that do whatever they like. Whatever it is: nobody waits for ever, each request has one receipt, and the worker is ended.</summary>
[Collection(WorkerProcessesCollection.Name)]
public sealed class HostileWorkerTests : IAsyncLifetime
{
    /// <summary>Against hanging only.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>For the mischief to take effect before the run is stopped.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);

    private static readonly StopPolicy Impatient = StopPolicy.AtOnce with { SignalGrace = Grace };

    private readonly WorkerProcesses processes;
    private readonly ITestOutputHelper log;
    private readonly BackgroundFaults faults = new();
    private WorkerExit? exit;

    public HostileWorkerTests(WorkerProcesses processes, ITestOutputHelper log)
    {
        this.processes = processes;
        this.log = log;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await processes.AssertNothingIsLeft();
        faults.AssertNone();
    }

    [Theory]
    [InlineData("started; completed; output", "Output for run")]
    [InlineData("started; completed; completed", "RunCompleted for run")]
    [InlineData("completed", "before RunStarted")]
    [InlineData("started 2", "twice")]
    [InlineData("started-other", "RunStarted for run 2")]
    [InlineData("started; output-other", "which is not in it")]
    [InlineData("started; completed-other", "which is not in it")]
    [InlineData("started; hello", "Hello")]
    [InlineData("started; shutdown", "not for the controller")]
    [InlineData("started; reset-done", "which was not made")]
    [InlineData("started; buffer-set", "which was not made")]
    [InlineData("started; is-complete", "which was not made")]
    [InlineData("started; complete-answer", "which was not made")]
    [InlineData("started; nested 1000000", "a map expected, not Array")]
    [InlineData("started; nested-maps 1000000", "Display.data")]
    [InlineData("started; claims 4294967295", "4294967295 bytes")]
    [InlineData("started; claims 0", "0 bytes")]
    [InlineData("started; raw-random", "frame")]
    [InlineData("started; truncated; sleep 0", "The pipe ended after")]
    [InlineData("started; output 0 1000000", "credit")]
    [InlineData("started; input 0", "unanswered")]
    [InlineData("started; input 60 1000000", "prompts of")]
    public async Task What_breaks_the_protocol_ends_the_worker_and_says_why(string script, string says)
    {
        // A stop with all the patience there is: it is not what ends this worker.
        var result = await EndAsync(script, waitForReader: true, new StopPolicy { SignalGrace = Bound });
        if (!script.Contains("completed", StringComparison.Ordinal) || result.Outcome != RunOutcome.Succeeded)
        {
            Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
        }

        Assert.Contains("broke the protocol and was killed", exit!.Message, StringComparison.Ordinal);
        Assert.Contains(says, exit.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("sleep 0")]
    [InlineData("deaf; stopped; sleep 0")]
    [InlineData("started; claims 16777216; sleep 0")]
    [InlineData("started; drips")]
    [InlineData("started; output 0 1")]
    [InlineData("started; output 0 65000")]
    [InlineData("started; output-none 0")]
    [InlineData("started; output-background 0 1")]
    [InlineData("started; display 0 0")]
    [InlineData("started; display 0 1")]
    [InlineData("started; display 0 10000")]
    [InlineData("started; progress 0 0")]
    [InlineData("started; progress 0 1000000")]
    [InlineData("started; log 0 1")]
    [InlineData("started; log 0 1000000")]
    [InlineData("taken 0")]
    [InlineData("started; taken-strangers 0")]
    [InlineData("started; handled-random 0")]
    [InlineData("started; scribble; taken-strangers 0")]
    [InlineData("scribble; started; handled 0")]
    [InlineData("deaf; started; fork 5; sleep 0")]
    public async Task What_goes_on_for_ever_is_ended_by_a_stop(string script)
    {
        var result = await EndAsync(script, waitForReader: false, Impatient);
        Assert.Equal(RunOutcome.Killed, result.Outcome);
        Assert.NotNull(exit!.KilledBySignal);
    }

    [Theory]
    [InlineData("started; close; sleep 0", "closed its pipe without ending, and was killed")]
    [InlineData("deaf; started; fork 3; close; sleep 0", "closed its pipe without ending, and was killed")]
    [InlineData("started; exit 0", "exited with code 0")]
    [InlineData("started; exit 137", "SIGKILL")]
    public async Task One_that_goes_without_a_word_is_lost(string script, string says)
    {
        var ends = script.Contains("exit", StringComparison.Ordinal);
        var result = await EndAsync(script, waitForReader: false, new StopPolicy { SignalGrace = Bound }, exitGrace: ends ? FakeWorkerOptions.Patient : null);
        Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
        Assert.Contains(says, exit!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_million_tiny_events_are_a_few_thousand_to_the_reader()
    {
        var memory = new ManagedMemory();
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("script"));
        var run = worker.Run("fake", "started; output 500000 1; progress 500000 1; completed");
        await memory.WatchAsync(run.Completion.WaitAsync(Bound));
        memory.AssertBounded();
        long shown = 0, dropped = 0, events = 0;
        await foreach (var item in run.Events)
        {
            events++;
            shown += item is OutputEvent output ? output.Text.Length : (item as ProgressEvent)?.Message?.Length ?? 0;
            dropped += (item as OutputDroppedEvent)?.Bytes ?? 0;
        }

        Assert.Equal(1_000_000, shown + dropped);
        Assert.InRange(events, 1000, 100_000);
    }

    [Fact]
    public async Task The_map_cannot_be_made_smaller_or_larger_or_sealed_by_the_worker()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("script"));
        var run = worker.Run("fake", "started; attack-map; completed");
        await run.Completion.WaitAsync(Bound);
        Assert.Equal("shrunk -1, grown -1, sealed -1", (await run.Events.OfType<OutputEvent>().FirstAsync()).Text);
    }

    [Fact]
    public async Task Runs_go_on_under_a_scribbler_and_each_request_has_its_receipt()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("script"));
        await worker.Run("fake", "scribble; started; completed").Completion.WaitAsync(Bound);
        for (var round = 0; round < 50; round++)
        {
            var run = worker.Run("fake", "started; taken-strangers 3; completed");
            var requests = Enumerable.Range(0, 10).Select(index => run.InterruptAsync((Signal)(index + 1))).ToList();
            var receipts = await Task.WhenAll(requests).WaitAsync(Bound);
            var result = await run.Completion.WaitAsync(Bound);
            var late = receipts.Length - result.Receipts.Count;
            Assert.Equal(late, receipts.Count(receipt => receipt.Status == ReceiptStatus.TooLate && !result.Receipts.Contains(receipt)));
        }
    }

    [Fact]
    public async Task What_the_code_started_ends_with_the_worker_that_lets_nobody_end_it()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("script"));
        var run = worker.Run("fake", "deaf; started; fork 3; sleep 0");
        var children = new List<int>();
        await foreach (var output in run.Events.OfType<OutputEvent>())
        {
            children.Add(int.Parse(output.Text, CultureInfo.InvariantCulture));
            if (children.Count == 3)
            {
                break;
            }
        }

        Assert.All(children, child => Assert.True(WorkerProcesses.IsRunning(child)));
        await worker.DisposeAsync();
        using var limit = new CancellationTokenSource(Bound);
        while (children.Exists(WorkerProcesses.IsRunning))
        {
            await Task.Delay(10, limit.Token);
        }
    }

    [Fact]
    public async Task Answers_to_questions_without_end_end_at_a_worker_that_does_not_read_them()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("script"));
        var run = worker.Run("fake", "started; input 0 1");
        var memory = new ManagedMemory();
        var answering = AnswerAsync();
        await memory.WatchAsync(run.Completion.WaitAsync(Bound));
        await answering;
        memory.AssertBounded();
        Assert.Equal(RunOutcome.WorkerLost, (await run.Completion).Outcome);

        async Task AnswerAsync()
        {
            await foreach (var item in run.Events)
            {
                if (item is InputRequestEvent input)
                {
                    run.ReplyToInput(input, new string('a', 1000));
                }
            }
        }
    }

    [Theory]
    [InlineData("at-start:sleep 0", "not ready within")]
    [InlineData("at-start:deaf; fork 1", "first message was Output")]
    [InlineData("at-start:started", "first message was RunStarted")]
    [InlineData("at-start:hello 2; sleep 0", "Hello")]
    [InlineData("at-start:hello; swaps never", "not ready within")]
    [InlineData("at-start:hello; swaps other", "which was not made")]
    [InlineData("at-start:hello; swaps refused-then-set", "could not")]
    [InlineData("at-start:claims 16777216; sleep 0", "not ready within")]
    [InlineData("at-start:drips", "not ready within")]
    [InlineData("at-start:nested 1000000; sleep 0", "a map expected")]
    [InlineData("at-start:hello; log 0 100000", "not ready within")]
    [InlineData("at-start:hello; output-background 0 100", "not ready within")]
    public async Task One_that_does_not_come_up_as_it_should_is_not_a_worker(string mode, string says)
    {
        TimeSpan? timeout = says == "not ready within" ? TimeSpan.FromSeconds(1) : null;
        var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(FakeWorkerOptions.For(mode, timeout)).WaitAsync(Bound));
        Assert.Contains(says, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_swap_that_is_answered_twice_ends_the_worker()
    {
        var thrown = await Record.ExceptionAsync(async () =>
        {
            await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("at-start:hello; swaps twice"));
            Assert.Contains("which was not made", (await worker.Exited.WaitAsync(Bound)).Message, StringComparison.Ordinal);
        });

        // The second answer may come before the start is over.
        Assert.True(thrown is null or WorkerStartException, $"{thrown}");
    }

    [Theory]
    [InlineData("started; sleep 0")]
    [InlineData("deaf; started; stopped; sleep 0")]
    [InlineData("scribble; started; taken-strangers 0")]
    public async Task A_swap_that_is_never_answered_holds_nothing_up_when_the_worker_is_ended(string script)
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("script"));

        // From here on it reads what it is told, and gives no answer; with the next run it reads nothing.
        await worker.Run("fake", "swaps never; started; completed").Completion.WaitAsync(Bound);
        using var buffer = InterruptBuffer.Create();
        var swaps = new List<Task> { worker.SetInterruptBufferAsync(buffer) };
        var run = worker.Run("fake", script);
        swaps.AddRange([worker.SetInterruptBufferAsync(null), worker.SetInterruptBufferAsync(buffer)]);
        var asked = Enumerable.Range(1, 20).Select(signal => run.InterruptAsync((Signal)signal)).ToList();
        asked.Add(run.StopAsync(new StopPolicy { SignalGrace = Grace, InsistGrace = Grace, TerminateGrace = Grace }));
        var receipts = await Task.WhenAll(asked).WaitAsync(Bound);
        var result = await run.Completion.WaitAsync(Bound);
        Assert.Equal(RunOutcome.Killed, result.Outcome);
        Assert.All(receipts, receipt => Assert.Equal(ReceiptStatus.Killed, receipt.Status));
        Assert.Equal(receipts.ToHashSet(), [.. result.Receipts]);
        Assert.Equal(receipts.Length, result.Receipts.Count);
        foreach (var swap in swaps)
        {
            await Assert.ThrowsAsync<WorkerLostException>(() => swap.WaitAsync(Bound));
        }

        await worker.DisposeAsync().AsTask().WaitAsync(Bound);
    }

    [Fact]
    public async Task Engines_that_are_nonsense_are_the_callers_to_read()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("wrong-engines"));
        Assert.Equal(64, worker.Engines.Count);
    }

    [Fact]
    public async Task Random_mischief_is_survived()
    {
        var seed = TestSeed.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 8; round++)
        {
            var script = $"{(random.Next(4) == 0 ? "scribble; " : "")}{(random.Next(8) == 0 ? "" : "started; ")}random {random.Next(1, 3000)}; {(random.Next(2) == 0 ? "sleep 0" : "completed")}";
            log.WriteLine(script);
            await EndAsync(script, waitForReader: random.Next(2) == 0, Impatient, seed + round);
        }
    }

    /// <summary>Runs a script, asks it to stop in every way while it is at it, and ends the worker.</summary>
    /// <returns>What became of the run, when all has been looked at that holds for each.</returns>
    private async Task<RunResult> EndAsync(string script, bool waitForReader, StopPolicy policy, int seed = 1, TimeSpan? exitGrace = null)
    {
        var memory = new ManagedMemory();
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("script", exitGrace: exitGrace, seed: seed));
        var run = worker.Run("fake", script, new RunOptions { WaitForReader = waitForReader });
        var queued = worker.Run("fake", "started; sleep 0");
        var asked = new List<Task<InterruptReceipt>> { run.InterruptAsync(), run.InterruptAsync(Signal.User1), queued.InterruptAsync() };
        asked.Add(run.StopAsync(policy));
        asked.Add(run.InterruptAsync());
        await memory.WatchAsync(Task.WhenAll(asked).WaitAsync(Bound));
        var result = await run.Completion.WaitAsync(Bound);
        Assert.NotEqual(RunOutcome.Succeeded, (await queued.Completion.WaitAsync(Bound)).Outcome);
        if (!worker.IsAlive)
        {
            await worker.Exited.WaitAsync(Bound);
        }

        // One that has completed all there was is alive, or about to be found out.
        await Task.WhenAny(worker.Exited, Task.Delay(Grace));
        await worker.DisposeAsync().AsTask().WaitAsync(Bound);
        exit = await worker.Exited;
        memory.AssertBounded();
        var receipts = await Task.WhenAll(asked);
        Assert.Equal(ReceiptStatus.NeverStarted, receipts[2].Status);
        foreach (var receipt in receipts.Where(receipt => receipt.Run == run.Number))
        {
            // In the result once, or made out after it.
            var times = result.Receipts.Count(one => ReferenceEquals(one, receipt));
            Assert.True(times == 1 || (times == 0 && receipt.Status == ReceiptStatus.TooLate), $"{receipt} is {times} times in the result.");
        }

        Assert.All(result.Receipts, receipt => Assert.Contains(receipt, receipts));
        log.WriteLine($"{result.Outcome}, {string.Join(", ", receipts.Select(receipt => receipt.Status))}: {exit.Message}");
        return result;
    }
}
