using System.Diagnostics;
using Xunit;

namespace ProcInterrupt.Tests.Controller;

/// <summary>Workers that do not come up, or are not the ones that were started.</summary>
[Collection(WorkerProcessesCollection.Name)]
public sealed class WorkerLaunchTests : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private readonly WorkerProcesses processes;

    public WorkerLaunchTests(WorkerProcesses processes) => this.processes = processes;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => processes.AssertNothingIsLeft();

    [Fact]
    public async Task A_worker_that_is_accepted_is_ready()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo"));
        Assert.True(worker.IsAlive);
        Assert.Equal("fake", Assert.Single(worker.Engines).Name);
        Assert.StartsWith($"/proc/{Environment.ProcessId}/fd/", worker.MapPath, StringComparison.Ordinal);
        Assert.Empty(processes.SocketPlace.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task The_secret_is_in_no_argument_and_no_variable()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo"));
        const int secretChars = 64;
        foreach (var name in new[] { "cmdline", "environ" })
        {
            var text = await File.ReadAllTextAsync($"/proc/{worker.ProcessId}/{name}");
            Assert.DoesNotMatch($"[0-9a-f]{{{secretChars}}}", text);
        }
    }

    [Fact]
    public async Task The_worker_leads_a_session_of_its_own()
    {
        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo"));
        var fields = (await File.ReadAllTextAsync($"/proc/{worker.ProcessId}/stat")).Split(") ")[1].Split(' ');
        Assert.Equal($"{worker.ProcessId}", fields[2]);
        Assert.Equal($"{worker.ProcessId}", fields[3]);
    }

    [Fact]
    public async Task A_missing_program_is_named_with_what_to_do()
    {
        var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(new WorkerOptions { WorkerPath = "/nowhere/worker.dll" }));
        Assert.Contains("/nowhere/worker.dll", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("WorkerOptions.WorkerPath", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_named_by_the_variable_that_is_missing_is_named_with_the_variable()
    {
        Environment.SetEnvironmentVariable(WorkerOptions.WorkerPathVariable, "/nowhere/else.dll");
        try
        {
            var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync());
            Assert.Contains("PROCINTERRUPT_WORKER names /nowhere/else.dll", thrown.Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(WorkerOptions.WorkerPathVariable, null);
        }
    }

    [Fact]
    public async Task A_program_that_cannot_be_executed_is_an_error()
    {
        var path = Path.GetTempFileName();
        try
        {
            var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(new WorkerOptions { WorkerPath = path }));
            Assert.Contains(path, thrown.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_worker_that_ends_early_is_told_with_its_exit_code_and_what_it_said()
    {
        var clock = Stopwatch.StartNew();
        var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(FakeWorkerOptions.For("exit-early", exitGrace: FakeWorkerOptions.Patient)));
        Assert.Equal(3, thrown.ExitCode);
        Assert.Contains("exited with code 3", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("no engine will start today", thrown.StandardError);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "The end of the process was not noticed; the timeout was.");
    }

    [Theory]
    [InlineData("never-connects")]
    [InlineData("says-nothing")]
    public async Task A_worker_that_is_not_ready_in_time_is_killed(string mode)
    {
        var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(FakeWorkerOptions.For(mode, Short)));
        Assert.Contains("not ready within 2 s", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("never-connects")]
    [InlineData("says-nothing")]
    public async Task The_start_can_be_given_up(string mode)
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Worker.StartAsync(FakeWorkerOptions.For(mode), cancel.Token));
        Assert.Equal(cancel.Token, thrown.CancellationToken);
    }

    [Theory]
    [InlineData("wrong-secret", "secret")]
    [InlineData("wrong-version", "version")]
    [InlineData("wrong-pid", "pid is 1")]
    [InlineData("impostor", "other end of the pipe has pid")]
    [InlineData("random-hello", "frame")]
    [InlineData("closes-at-once", "closed its pipe")]
    public async Task A_worker_that_is_not_what_it_should_be_is_refused(string mode, string says)
    {
        var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(FakeWorkerOptions.For(mode)));
        Assert.Contains(says, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("killed", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_cannot_map_the_buffer_is_not_ready()
    {
        var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(FakeWorkerOptions.For("refuses-buffer")));
        Assert.Contains("no such map", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_TMPDIR_of_200_characters_is_passed_over()
    {
        var place = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var longPlace = Path.Combine(processes.SocketPlace.FullName, new string('t', 200));
        Directory.CreateDirectory(longPlace);
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", null);
        Environment.SetEnvironmentVariable("TMPDIR", longPlace);
        try
        {
            await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo"));
            Assert.Equal("6 * 7", (await worker.RunAsync("fake", "6 * 7")).Value!.Text);
            Assert.Empty(Directory.GetFileSystemEntries(longPlace));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", null);
            Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", place);
            Directory.Delete(longPlace);
        }
    }

    [Theory]
    [InlineData(0, 1, 1, 16 << 20)]
    [InlineData(-2, 1, 1, 16 << 20)]
    [InlineData(1, -1, 1, 16 << 20)]
    [InlineData(1, 1, -1, 16 << 20)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 1, 1, int.MaxValue)]
    public async Task Options_out_of_range_are_refused(int startSeconds, int graceSeconds, long retention, int frame)
    {
        var options = new WorkerOptions
        {
            StartTimeout = TimeSpan.FromSeconds(startSeconds),
            ExitGrace = TimeSpan.FromSeconds(graceSeconds),
            OutputRetention = retention,
            MaxFrameBytes = frame,
        };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Worker.StartAsync(options));
    }
}
