using ProcInterrupt.Interrupts;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>Replacements of workers that were ended: what goes on, what does not, and where it ends.</summary>
[Collection(WorkerProcessesCollection.Name)]
public sealed class RestartTests(WorkerProcesses processes)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task After_a_kill_what_is_queued_goes_on_in_a_replacement_behind_its_start_up_run()
    {
        await using (var worker = await StartAsync(new RestartPolicy { StartUp = new StartUpRun("fake", "echo") }))
        {
            var (firstId, firstMap) = (worker.ProcessId, worker.MapPath);
            var stuck = worker.Run("fake", "stuck");
            var queued = worker.Run("fake", "echo");
            var reset = worker.ResetAsync("fake");
            Assert.Equal(ReceiptStatus.Killed, (await stuck.StopAsync(StopPolicy.AtOnce).WaitAsync(Bound)).Status);
            Assert.True(worker.IsAlive);
            var killed = await stuck.Completion;
            Assert.Equal(RunOutcome.Killed, killed.Outcome);
            Assert.Contains("being replaced", killed.Error!.Message, StringComparison.Ordinal);
            Assert.Equal(RunOutcome.Succeeded, (await queued.Completion.WaitAsync(Bound)).Outcome);
            await reset.WaitAsync(Bound);
            Assert.Equal((2, 2u), (worker.Generation, queued.Number));
            Assert.NotEqual(firstId, worker.ProcessId);
            Assert.NotEqual(firstMap, worker.MapPath);
            Assert.False(worker.Exited.IsCompleted);

            var told = await worker.BackgroundEvents.OfType<WorkerReplacedEvent>().FirstAsync().AsTask().WaitAsync(Bound);
            Assert.Equal((2, worker.ProcessId, 9), (told.Generation, told.ProcessId, told.Previous.KilledBySignal));
            Assert.Equal((RunOutcome.Succeeded, 3u), (told.StartUp!.Outcome, told.StartUp.Number));

            // And once more; stops are no failures.
            Assert.Equal(ReceiptStatus.Killed, (await worker.Run("fake", "stuck").StopAsync(StopPolicy.AtOnce).WaitAsync(Bound)).Status);
            Assert.Equal(5u, (await worker.RunAsync("fake", "echo").WaitAsync(Bound)).Number);
        }

        await processes.AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_worker_that_is_lost_is_replaced_only_if_asked()
    {
        await using var worker = await StartAsync(new RestartPolicy(), FakeWorkerOptions.Patient);
        Assert.Equal(RunOutcome.WorkerLost, (await worker.Run("fake", "crash").Completion.WaitAsync(Bound)).Outcome);
        Assert.Equal(42, (await worker.Exited.WaitAsync(Bound)).ExitCode);
        Assert.False(worker.IsAlive);

        await using var other = await StartAsync(new RestartPolicy { WhenLost = true });
        Assert.Equal(RunOutcome.WorkerLost, (await other.Run("fake", "crash").Completion.WaitAsync(Bound)).Outcome);
        await other.RunAsync("fake", "echo").WaitAsync(Bound);
        Assert.Equal(2, other.Generation);
    }

    [Theory]
    [InlineData("fails", "ended as Failed: Fake no such module. The")]
    [InlineData("over-budget", "ended as Interrupted (WallTime). The")]
    [InlineData("crash", "ended as WorkerLost: ")]
    [InlineData("stuck", "took longer than 0.2 s")]
    public async Task A_start_up_run_that_does_not_succeed_is_tried_again_and_then_all_is_given_up(string code, string expected)
    {
        await using (var worker = await StartAsync(new RestartPolicy
        {
            StartUp = new StartUpRun("fake", code) { Timeout = TimeSpan.FromMilliseconds(200) },
            Attempts = 2,
            RetryDelay = TimeSpan.FromMilliseconds(1),
        }))
        {
            var stop = worker.Run("fake", "stuck").StopAsync(StopPolicy.AtOnce);
            var queued = worker.Run("fake", "echo");
            Assert.Equal(ReceiptStatus.Killed, (await stop.WaitAsync(Bound)).Status);
            var result = await queued.Completion.WaitAsync(Bound);
            Assert.Equal(RunOutcome.WorkerLost, result.Outcome);
            Assert.Contains("2 attempts in a row failed", result.Error!.Message, StringComparison.Ordinal);
            Assert.Contains(expected, result.Error.Message, StringComparison.Ordinal);
            Assert.Contains("2 attempts", (await worker.Exited.WaitAsync(Bound)).Message, StringComparison.Ordinal);
            Assert.Equal((1, false), (worker.Generation, worker.IsAlive));
            Assert.Equal(RunOutcome.WorkerLost, (await worker.Run("fake", "echo").Completion).Outcome);
        }

        await processes.AssertNothingIsLeft();
    }

    [Fact]
    public async Task Workers_that_are_lost_one_after_the_other_are_not_replaced_for_ever()
    {
        await using var worker = await StartAsync(new RestartPolicy { WhenLost = true, Attempts = 3, RetryDelay = TimeSpan.FromMilliseconds(1) });
        var runs = Enumerable.Range(0, 5).Select(_ => worker.Run("fake", "crash")).ToList();
        Assert.All(await Task.WhenAll(runs.Select(static run => run.Completion)).WaitAsync(Bound), static result => Assert.Equal(RunOutcome.WorkerLost, result.Outcome));
        Assert.Contains("before it had completed a run", (await worker.Exited.WaitAsync(Bound)).Message, StringComparison.Ordinal);
        Assert.Equal(3, worker.Generation);
    }

    [Fact]
    public async Task Disposal_gives_a_replacement_up_and_queued_runs_never_start()
    {
        var worker = await StartAsync(new RestartPolicy { StartUp = new StartUpRun("fake", "fails"), RetryDelay = TimeSpan.FromSeconds(30) });
        var stop = worker.Run("fake", "stuck").StopAsync(StopPolicy.AtOnce);
        var queued = worker.Run("fake", "echo");
        await stop.WaitAsync(Bound);
        await worker.DisposeAsync().AsTask().WaitAsync(Bound);
        Assert.Equal(RunOutcome.Interrupted, (await queued.Completion).Outcome);
        Assert.False(worker.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => worker.Run("fake", "echo"));
        await processes.AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_buffer_of_the_users_is_kept_and_can_be_changed_meanwhile()
    {
        using var first = InterruptBuffer.Create();
        using var second = InterruptBuffer.Create();
        await using var worker = await StartAsync(new RestartPolicy());
        await worker.SetInterruptBufferAsync(first).WaitAsync(Bound);
        var path = first.Path;
        first.Dispose();
        await worker.Run("fake", "stuck").StopAsync(StopPolicy.AtOnce).WaitAsync(Bound);
        await worker.RunAsync("fake", "echo").WaitAsync(Bound);
        Assert.Equal((2, path), (worker.Generation, worker.MapPath));

        await worker.Run("fake", "stuck").StopAsync(StopPolicy.AtOnce).WaitAsync(Bound);
        await worker.SetInterruptBufferAsync(second).WaitAsync(Bound);
        await worker.RunAsync("fake", "echo").WaitAsync(Bound);
        Assert.Equal((3, second.Path), (worker.Generation, worker.MapPath));
    }

    [Fact]
    public async Task A_policy_out_of_range_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => StartAsync(new RestartPolicy { Attempts = 0 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => StartAsync(new RestartPolicy { RetryDelay = TimeSpan.FromSeconds(31) }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => StartAsync(new RestartPolicy { StartUp = new StartUpRun("fake", "") { Timeout = TimeSpan.Zero } }));
        Assert.Equal(
            [0, 200, 400, 800, 30_000, 30_000],
            new[] { 0, 1, 2, 3, 10, 100_000 }.Select(failures => new RestartPolicy().DelayAfter(failures).TotalMilliseconds));
    }

    /// <summary>A fake that does in each run what the code says.</summary>
    private static Task<Worker> StartAsync(RestartPolicy policy, TimeSpan? exitGrace = null) =>
        Worker.StartAsync(FakeWorkerOptions.For("as-told", exitGrace: exitGrace, restart: policy));
}
