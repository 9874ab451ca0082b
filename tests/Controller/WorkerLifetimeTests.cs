using System.Diagnostics;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace ProcInterrupt.Tests.Controller;

/// <summary>The ends that a worker can come to, with a fake one at the other end of a real pipe.</summary>
[Collection(WorkerProcessesCollection.Name)]
public sealed class WorkerLifetimeTests : IAsyncLifetime
{
    private readonly WorkerProcesses processes;
    private readonly ITestOutputHelper log;

    public WorkerLifetimeTests(WorkerProcesses processes, ITestOutputHelper log)
    {
        this.processes = processes;
        this.log = log;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => processes.AssertNothingIsLeft();

    [Fact]
    public async Task Many_runs_go_through_in_order()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo"));
        await worker.RunAsync("fake", "warm");
        var clock = Stopwatch.StartNew();
        const int count = 2000;
        for (var run = 0; run < count; run++)
        {
            Assert.Equal($"{run}", (await worker.RunAsync("fake", $"{run}")).Value!.Text);
        }

        log.WriteLine($"{clock.Elapsed.TotalMicroseconds / count:F1} us a run");
        var queued = Enumerable.Range(0, count).Select(run => worker.Run("fake", $"{run}")).ToList();
        var results = await Task.WhenAll(queued.Select(run => run.Completion));
        Assert.Equal(Enumerable.Range(0, count).Select(run => $"{run}"), results.Select(result => result.Value!.Text));
    }

    [Fact]
    public async Task Code_of_five_megabytes_goes_through_and_of_seventeen_fails_by_itself()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo"));
        Assert.Equal(5_000_000, (await worker.RunAsync("fake", new string('x', 5_000_000))).Value!.Text.Length);
        var thrown = await Assert.ThrowsAsync<RunFailedException>(() => worker.RunAsync("fake", new string('x', 17_000_000)));
        Assert.Contains("16777216", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("1", (await worker.RunAsync("fake", "1")).Value!.Text);
    }

    [Theory]
    [InlineData("random-bytes", "frame")]
    [InlineData("truncated", "The pipe ended after")]
    [InlineData("huge-frame", "4294967295 bytes")]
    public async Task A_frame_that_is_none_loses_the_worker_and_says_why(string mode, string says)
    {
        var seed = TestSeed.Next();
        log.WriteLine($"seed {seed}");
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For(mode, seed: seed));
        var run = worker.Run("fake", "x");
        var queued = worker.Run("fake", "y");
        var result = await run.Completion;
        Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
        Assert.Contains("broke the protocol and was killed", result.Error!.Message, StringComparison.Ordinal);
        Assert.Contains(says, result.Error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(RunOutcome.WorkerLost, (await queued.Completion).Outcome);
        Assert.False(worker.IsAlive);
        Assert.Equal(9, (await worker.Exited).KilledBySignal);
    }

    [Fact]
    public async Task A_worker_that_crashes_is_told_with_its_exit_code_and_last_words()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("crash", exitGrace: FakeWorkerOptions.Patient));
        var thrown = await Assert.ThrowsAsync<WorkerLostException>(() => worker.RunAsync("fake", "x"));
        Assert.Contains("exited with code 42", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("fatal: the fake fell over", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("start a new Worker", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(RunOutcome.WorkerLost, thrown.Result!.Outcome);
        Assert.Equal(42, (await worker.Exited).ExitCode);
    }

    [Fact]
    public async Task A_worker_that_was_killed_is_told_with_the_signal()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("killed", exitGrace: FakeWorkerOptions.Patient));
        var run = worker.Run("fake", "x");
        var result = await run.Completion;
        Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
        Assert.Contains("was killed by SIGKILL (9)", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal((null, 9), ((await worker.Exited).ExitCode, (await worker.Exited).KilledBySignal));
        Assert.Equal(RunOutcome.WorkerLost, (await worker.Run("fake", "y").Completion).Outcome);
        await Assert.ThrowsAsync<WorkerLostException>(() => worker.ResetAsync());
    }

    [Fact]
    public async Task Stop_kills_a_worker_that_hears_nothing()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("stuck"));
        var run = worker.Run("fake", "x");
        var receipt = await run.StopAsync(StopPolicy.AtOnce with { SignalGrace = TimeSpan.FromMilliseconds(100) });
        Assert.Equal((ReceiptStatus.Killed, InterruptRung.Kill, false), (receipt.Status, receipt.Rung, receipt.StatePreserved));
        Assert.True(receipt.ReportedMicros >= 100_000, $"{receipt.ReportedMicros} us is less than the grace.");
        Assert.Equal(RunOutcome.Killed, (await run.Completion).Outcome);
        Assert.Contains("did not stop in time", (await worker.Exited).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_buffer_stop_still_kills()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("stuck"));
        await worker.SetInterruptBufferAsync(null);
        Assert.Null(worker.MapPath);
        var run = worker.Run("fake", "x");
        var receipt = await run.StopAsync(StopPolicy.AtOnce);
        Assert.Equal(ReceiptStatus.Killed, receipt.Status);
    }

    [Fact]
    public async Task What_a_run_started_ends_with_the_worker()
    {
        int child;
        await using (var worker = await Worker.StartAsync(FakeWorkerOptions.For("leaves-child")))
        {
            var run = worker.Run("fake", "x");
            var output = await run.Events.OfType<OutputEvent>().FirstAsync();
            child = int.Parse(output.Text, CultureInfo.InvariantCulture);
            Assert.True(WorkerProcesses.IsRunning(child), "The child never ran.");
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (WorkerProcesses.IsRunning(child))
        {
            await Task.Delay(10, limit.Token);
        }
    }

    [Fact]
    public async Task Dispose_kills_a_worker_that_does_not_end_and_tells_the_run()
    {
        var worker = await Worker.StartAsync(FakeWorkerOptions.For("stuck"));
        var run = worker.Run("fake", "x");
        var queued = worker.Run("fake", "y");
        await run.Events.OfType<RunStartedEvent>().FirstAsync();
        var request = run.InterruptAsync();
        await Task.WhenAll(worker.DisposeAsync().AsTask(), worker.DisposeAsync().AsTask());
        await worker.DisposeAsync();
        Assert.Equal(RunOutcome.Killed, (await run.Completion).Outcome);
        Assert.Equal(ReceiptStatus.Killed, (await request).Status);
        Assert.Equal(RunOutcome.Interrupted, (await queued.Completion).Outcome);
        Assert.Throws<ObjectDisposedException>(() => worker.Run("fake", "z"));
        Assert.Equal(ReceiptStatus.TooLate, (await run.InterruptAsync()).Status);
    }

    [Fact]
    public async Task Shutdown_ends_an_idle_worker_with_code_0()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo", exitGrace: FakeWorkerOptions.Patient));
        await worker.RunAsync("fake", "x");
        await worker.ShutdownAsync();
        await worker.ShutdownAsync();
        Assert.Equal(0, (await worker.Exited).ExitCode);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => worker.RunAsync("fake", "y"));
    }

    [Fact]
    public async Task The_wait_for_a_shutdown_can_be_given_up()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("stuck"));
        var run = worker.Run("fake", "x");
        await run.Events.OfType<RunStartedEvent>().FirstAsync();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker.ShutdownAsync(cancel.Token));
        Assert.False(run.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_queues_nothing()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo"));
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker.RunAsync("fake", "x", cancel.Token));
        Assert.Equal(cancel.Token, thrown.CancellationToken);
        Assert.Equal(1u, (await worker.RunAsync("fake", "y")).Number);
    }

    [Fact]
    public async Task A_queued_run_whose_token_is_cancelled_is_given_up_with_that_token()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("stuck"));
        worker.Run("fake", "x");
        using var cancel = new CancellationTokenSource();
        var queued = worker.RunAsync("fake", "y", cancel.Token);
        await cancel.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
    }
}
