using ProcInterrupt.Tests.Cli;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>What code has started ends with its worker and with the controller, wherever it has gone.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class ContainmentTests
{
    /// <summary>What is promised.</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    /// <summary>A number of seconds that no other process sleeps.</summary>
    private readonly string seconds = $"{Random.Shared.Next(100_000, 1_000_000)}";

    /// <summary>A child, one in a session of its own, and a daemon whose parents have ended.</summary>
    private string CSharp => $$"""
        Process.Start("sleep", "{{seconds}}");
        Process.Start("setsid", "sleep {{seconds}}");
        Process.Start("sh", ["-c", "(setsid sh -c 'sleep {{seconds}} & echo' &)"]).WaitForExit();
        Console.Write("go");
        while (true) ;
        """;

    /// <summary>The same, and a fork that runs no other program.</summary>
    private string Python => $"""
        import os, subprocess, time
        subprocess.Popen(["sleep", "{seconds}"])
        subprocess.Popen(["sleep", "{seconds}"], start_new_session=True)
        subprocess.run(["sh", "-c", "(setsid sh -c 'sleep {seconds} & echo' &)"])
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while True: time.sleep(1)
            os._exit(0)
        print("go", flush=True)
        while True: pass
        """;

    [Fact]
    public async Task Without_the_right_to_a_namespace_it_is_refused_and_not_pretended()
    {
        // Root without this capability is as any other user here; who has it not needs no help.
        string[] command = [CommandProcess.DotNet, CommandProcess.Assembly, "run", "--processes", "10", "-c", "Console.Write(42);"];
        string[] without = await PidNamespaces.AreAllowedAsync() ? ["setpriv", "--bounding-set=-sys_admin", "--"] : [];
        string[] all = [.. without, .. command];
        await using var process = CommandProcess.StartProgram(all[0], all[1..]);
        var result = await process.EndAsync();
        Assert.Equal((70, ""), (result.ExitCode, result.Output));
        Assert.Contains("Containment.Complete, which a budget of processes takes too, cannot be had here: a pid namespace takes root with CAP_SYS_ADMIN.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csharp", Containment.BestEffort, "returns")]
    [InlineData("csharp", Containment.BestEffort, "exits")]
    [InlineData("csharp", Containment.BestEffort, "fails fast")]
    [InlineData("csharp", Containment.BestEffort, "throws")]
    [InlineData("python", Containment.BestEffort, "SIGKILL")]
    [InlineData("csharp", Containment.BestEffort, "SIGTERM")]
    [InlineData("python", Containment.BestEffort, "SIGSTOP, then SIGKILL")]
    [InlineData("python", Containment.BestEffort, "SIGKILL with the worker stopped")]
    [InlineData("csharp", Containment.Complete, "SIGKILL")]
    [InlineData("csharp", Containment.Complete, "SIGKILL with the worker stopped")]
    [InlineData("python", Containment.Complete, "SIGKILL with the worker at once")]
    [InlineData("csharp", Containment.Complete, "fails fast")]
    public async Task Nothing_is_left_two_seconds_after_the_controller_has_ended(string engine, Containment containment, string way)
    {
        if (containment == Containment.Complete && !await PidNamespaces.AreAllowedAsync())
        {
            return;
        }

        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "ProcInterrupt.FakeWorker.dll"), "--controller", engine, $"{containment}", engine == "python" ? Python : CSharp, way];
        await using var controller = CommandProcess.StartProgram(CommandProcess.DotNet, arguments, new Dictionary<string, string> { ["DOTNET_DbgEnableMiniDump"] = "0" });
        var worker = int.Parse((await controller.ReadLineAsync())!);
        if (way.StartsWith("SIG", StringComparison.Ordinal))
        {
            await UntilSleepersAsync(3);
        }

        switch (way)
        {
            case "SIGKILL":
                controller.Signal(CommandProcess.SigKill);
                break;
            case "SIGTERM":
                controller.Signal(CommandProcess.SigTerm);
                break;
            case "SIGSTOP, then SIGKILL":
                controller.Signal(CommandProcess.SigStop);
                await Task.Delay(200);
                Assert.True(CommandProcess.IsRunning(worker));
                controller.Signal(CommandProcess.SigKill);
                break;
            case "SIGKILL with the worker stopped":
                CommandProcess.Signal(worker, CommandProcess.SigStop);
                controller.Signal(CommandProcess.SigKill);
                break;
            case "SIGKILL with the worker at once":
                CommandProcess.Signal(worker, CommandProcess.SigKill);
                controller.Signal(CommandProcess.SigKill);
                break;
        }

        await controller.ExitCodeAsync();
        await LeftProcesses.AssertNoneAsync($"sleep\0{seconds}\0", Promise);
        await LeftProcesses.AssertNoneAsync($"--parent\0{controller.Id}\0", Promise);
    }

    [Theory]
    [InlineData(Containment.BestEffort)]
    [InlineData(Containment.Complete)]
    public async Task Daemons_end_with_a_worker_that_is_disposed_of_or_killed_or_dies(Containment containment)
    {
        if (containment == Containment.Complete && !await PidNamespaces.AreAllowedAsync())
        {
            return;
        }

        foreach (var end in new[] { "disposed of", "killed by a stop", "dead" })
        {
            await using (var worker = await Worker.StartAsync(new WorkerOptions { Containment = containment }))
            {
                Assert.Equal("42", (await worker.SucceedsAsync("6 * 7")).Value!.Text);
                var run = worker.Run("csharp", CSharp.Replace("while (true) ;", "try { while (true) ; } finally { while (true) ; }", StringComparison.Ordinal));
                await run.PrintedAsync("go");
                await UntilSleepersAsync(3);
                switch (end)
                {
                    case "killed by a stop":
                        var receipt = await run.StopAsync(StopPolicy.AtOnce).Soon();
                        Assert.Equal(ReceiptStatus.Killed, receipt.Status);
                        break;
                    case "dead":
                        CommandProcess.Signal(worker.ProcessId, CommandProcess.SigKill);
                        Assert.Equal(9, (await worker.Exited.Soon()).KilledBySignal);
                        break;
                }
            }

            // Once it is said to be over, it is.
            Assert.Empty(LeftProcesses.With($"sleep\0{seconds}\0"));
            Assert.Empty(LeftProcesses.With($"--parent\0{Environment.ProcessId}\0"));
        }
    }

    [Fact]
    public async Task Daemons_go_on_when_their_run_is_over()
    {
        await using (var worker = await Worker.StartAsync())
        {
            await worker.SucceedsAsync(CSharp.Replace("while (true) ;", "", StringComparison.Ordinal));
            await UntilSleepersAsync(3);
            await worker.SucceedsAsync("1");
            Assert.Equal(3, LeftProcesses.With($"sleep\0{seconds}\0").Count);
        }

        Assert.Empty(LeftProcesses.With($"sleep\0{seconds}\0"));
    }

    [Fact]
    public async Task Two_workers_leave_each_others_processes_alone()
    {
        await using var other = await Worker.StartAsync();
        await other.SucceedsAsync($"Process.Start(\"setsid\", \"sleep {seconds}\");");
        await using (var worker = await Worker.StartAsync())
        {
            await worker.SucceedsAsync($"Process.Start(\"setsid\", \"sleep {seconds}\");");
            await UntilSleepersAsync(2);
        }

        Assert.Single(LeftProcesses.With($"sleep\0{seconds}\0"));
    }

    [Fact]
    public async Task A_contained_worker_is_like_any_other_and_sees_its_own_processes_only()
    {
        if (!await PidNamespaces.AreAllowedAsync())
        {
            return;
        }

        await using var worker = await Worker.StartAsync(new WorkerOptions { Containment = Containment.Complete });
        var seen = (await worker.SucceedsAsync($"Process.GetProcesses().Length < 10 && !Directory.Exists(\"/proc/{Environment.ProcessId}\") && Environment.ProcessId != {worker.ProcessId}")).Value!.Text;
        Assert.Equal("true", seen);
        Assert.Equal("3", (await worker.SucceedsAsync("var p = Process.Start(\"sh\", [\"-c\", \"exit 3\"]); p.WaitForExit(); p.ExitCode")).Value!.Text);
        await worker.InterruptManyTimesAsync("Console.Write(\"go\"); while (true) ;", 3);

        // A buffer of the caller's own is found through the outer /proc.
        using var buffer = InterruptBuffer.Create();
        await worker.SetInterruptBufferAsync(buffer);
        var run = worker.Run("csharp", "Console.Write(\"go\"); while (true) ;");
        await run.PrintedAsync("go");
        await using (var map = new FileStream(buffer.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1))
        {
            map.WriteByte((byte)Signal.Interrupt);
        }

        Assert.Equal(RunOutcome.Interrupted, (await run.Completion.Soon()).Outcome);
        Assert.Equal(RunOutcome.Succeeded, (await worker.Run("python", "import subprocess\nassert subprocess.run(['true']).returncode == 0").Completion.Soon()).Outcome);
        await worker.ShutdownAsync().Soon();
        Assert.Equal(0, (await worker.Exited).ExitCode);
    }

    [Fact]
    public async Task Where_it_cannot_be_had_it_is_refused_with_the_reason()
    {
        if (await PidNamespaces.AreAllowedAsync())
        {
            return;
        }

        var thrown = await Assert.ThrowsAsync<WorkerStartException>(() => Worker.StartAsync(new WorkerOptions { Containment = Containment.Complete }));
        Assert.Contains("CAP_SYS_ADMIN", thrown.Message, StringComparison.Ordinal);
    }

    private async Task UntilSleepersAsync(int count)
    {
        using var limit = new CancellationTokenSource(Expect.Bound);
        while (LeftProcesses.With($"sleep\0{seconds}\0").Count < count)
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
